// A tool server as the contract has it: trades each permit in once, and runs the call only on 200. It keeps what it ran, and when it asked.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicMs } from '../load/metronome';

/** Times are milliseconds of the machine's monotonic clock: before the permit was sent in, and when the tool ran. */
export type Effect = { actionId: string; askedAt: number; ranAt: number };
export type ToolOrder = { kind: 'effects' };

const gateways = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
let effects: Effect[] = [];
let turn = 0;

const server = http.createServer((request, response) => {
  void (async () => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const askedAt = monotonicMs();
    const { status, text } = await redeem(gateways[turn++ % gateways.length]!, body);
    if (status === 200) effects.push({ actionId: (JSON.parse(text) as { actionId: string }).actionId, askedAt, ranAt: monotonicMs() });
    response.statusCode = status === 200 ? 200 : 409;
    response.end();
  })().catch(() => { response.statusCode = 503; response.end(); });
});

/** The tool's effect is its entry; whoever holds no 200 of a gateway gets none. */
function redeem(gateway: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = http.request(`${gateway}/api/v1/permits/redeem`, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }, timeout: 10_000 }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

process.on('message', (order: ToolOrder) => {
  if (order.kind !== 'effects') return;
  process.send!(effects);
  effects = [];
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send!({ ready: true, port: (server.address() as AddressInfo).port }));
