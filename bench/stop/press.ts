import http from 'node:http';
import { hostSocketPath } from '@/lib/host-socket';
import { callControl } from '@/lib/cli/control-client';
import { monotonicMs } from '../load/metronome';

export const scopes = ['session', 'instance', 'agent', 'class', 'global'] as const;
export type Scope = (typeof scopes)[number];
export type Cover = { scope: Scope; target?: string };
export type Pressed = { sentAt: number; answeredAt: number; orderId: string };

/** Where a stop is pressed: control's own door with a control key, or the console's REST with a service account's token. */
export type Door = { url: string; bearer: string };
export const doors = ['control', 'console'] as const;
export type DoorName = (typeof doors)[number];

/** The press: one request on a connection of its own, as `curl` makes it. */
export function press({ url, bearer }: Door, cover: Cover): Promise<Pressed> {
  const body = JSON.stringify(cover);
  return new Promise((resolve, reject) => {
    const sentAt = monotonicMs();
    const request = http.request(url, { method: 'POST', agent: false, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('error', reject);
      response.on('end', () => {
        const answeredAt = monotonicMs();
        if (response.statusCode !== 202) { reject(new Error(`the stop was answered ${response.statusCode}: ${text.slice(0, 300)}`)); return; }
        const answer = JSON.parse(text) as { order: { id: string } };
        resolve({ sentAt, answeredAt, orderId: answer.order.id });
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
