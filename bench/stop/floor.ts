import http from 'node:http';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { monotonicMs } from '../load/metronome';
import { startChild } from '../stage/child';
import type { FloorOrder } from './floor-server';

/** Milliseconds from the press until both bare servers have heard everybody's acknowledgement; `signed`: of clients that check and sign as agents do. */
export type Floor = { bare: number; signed: number };

const PROGRAM = path.join(projectRoot(), 'bench', 'stop', 'floor-server.ts');

/** Two bare servers, as there are two gateways. */
export async function startFloor() {
  const servers = await Promise.all([0, 1].map(() => startChild(PROGRAM, [], {})));
  const urls = servers.map(({ port }) => `http://127.0.0.1:${port}`);

  async function broadcast(order: FloorOrder, expected: number): Promise<number> {
    const from = monotonicMs();
    const counts = await Promise.all((expected === 1 ? urls.slice(0, 1) : urls).map((url) => post(url, JSON.stringify({ ...order, ...(expected === 1 ? { only: 1 } : {}) }))));
    const took = monotonicMs() - from;
    const heard = counts.reduce((sum, count) => sum + count, 0);
    if (heard !== expected) throw new Error(`${heard} of ${expected} acknowledged to the bare servers`);
    return took;
  }

  return {
    urls,
    async measure(order: { id: string; orderJws: string }, expected: number): Promise<Floor> {
      const body = { orderJws: order.orderJws };
      return { bare: await broadcast({ event: 'halt', body }, expected), signed: await broadcast({ event: 'halt-signed', body: { ...body, id: order.id } }, expected) };
    },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

function post(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent: false, headers: { 'content-length': Buffer.byteLength(body) } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('end', () => (response.statusCode === 200 ? resolve(Number(text)) : reject(new Error(text))));
    });
    request.on('error', reject);
    request.end(body);
  });
}
