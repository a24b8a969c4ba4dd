import http from 'node:http';
import { hostSocketPath } from '@/lib/host-socket';
import { callControl } from '@/lib/cli/control-client';
import { monotonicMs } from '../load/metronome';

export const scopes = ['session', 'instance', 'agent', 'class', 'global'] as const;
export type Scope = (typeof scopes)[number];
export type Cover = { scope: Scope; target?: string };
export type Pressed = { sentAt: number; answeredAt: number; orderId: string; orderJws: string; durability: string; matched: number | null };

/** The press: one request to control's own door with a control key, on a connection of its own, as `curl` makes it. */
export function press(controlUrl: string, key: string, cover: Cover): Promise<Pressed> {
  const body = JSON.stringify(cover);
  return new Promise((resolve, reject) => {
    const sentAt = monotonicMs();
    const request = http.request(new URL('/v1/switches/engage', controlUrl), { method: 'POST', agent: false, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('error', reject);
      response.on('end', () => {
        const answeredAt = monotonicMs();
        if (response.statusCode !== 202) { reject(new Error(`the stop was answered ${response.statusCode}: ${text.slice(0, 300)}`)); return; }
        const answer = JSON.parse(text) as { order: { id: string }; orderJws: string; durability: string; matched: { sessions: number } | null };
        resolve({ sentAt, answeredAt, orderId: answer.order.id, orderJws: answer.orderJws, durability: answer.durability, matched: answer.matched?.sessions ?? null });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Lifts the stop as the host may, so that the next can be pressed. */
export async function release(dataDir: string, orderId: string): Promise<void> {
  await callControl({ kind: 'socket', path: hostSocketPath(dataDir, 'control') }, 'POST', `/v1/orders/${orderId}/release`, { breakGlass: true, reason: 'the next round of the bench' });
}
