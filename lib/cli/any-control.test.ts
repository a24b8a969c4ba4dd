import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { orderAny } from './any-control';
import type { ControlDoor } from './control-client';

let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); })));
  servers = [];
});

type Door = ControlDoor & { heard: unknown[]; gaveUp: Promise<void> };
/** A control that answers with this, or takes the order and says nothing. */
async function door(answer?: { status: number; body: object }): Promise<Door> {
  const heard: unknown[] = [];
  let givenUp = () => {};
  const gaveUp = new Promise<void>((resolve) => { givenUp = resolve; });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => { heard.push(JSON.parse(body)); if (answer) response.writeHead(answer.status).end(JSON.stringify(answer.body)); });
    response.on('close', givenUp);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { kind: 'url', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'csk_ctl_x', heard, gaveUp };
}
const takes = () => door({ status: 202, body: { order: 'it' } });
const refuses = (code: string, status = 401) => door({ status, body: { code, detail: `It is ${code}.` } });
const away: ControlDoor = { kind: 'url', url: 'http://127.0.0.1:1', key: 'csk_ctl_x' };
const missing: ControlDoor = { kind: 'socket', path: '/nowhere/control.sock' };
const order = (...doors: ControlDoor[]) => orderAny(doors, '/v1/switches/engage', { scope: 'global' });

it('gives the order to the first that takes it, and to nobody after it', async () => {
  const [stranger, first, second] = [await refuses('unauthenticated'), await takes(), await takes()];
  const { door: by, answer } = await order(missing, away, stranger, first, second);
  expect(by).toBe(first);
  expect(answer).toEqual({ order: 'it' });
  expect([stranger.heard, first.heard, second.heard]).toEqual([[{ scope: 'global' }], [{ scope: 'global' }], []]);
});

it('asks the next as well when one takes long, and lets go of it then', async () => {
  const [silent, quick] = [await door(), await takes()];
  const from = performance.now();
  expect((await order(silent, quick)).door).toBe(quick);
  expect(performance.now() - from).toBeLessThan(20_000);
  await silent.gaveUp;
  expect(silent.heard).toHaveLength(1);
});

it('throws what somebody answered, else how each is out of reach', async () => {
  await expect(order(away, await refuses('forbidden', 403), missing)).rejects.toMatchObject({ code: 'forbidden', message: 'It is forbidden.' });
  await expect(order(away, missing)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/127\.0\.0\.1:1 [\s\S]*nowhere/) });
  const spared = await takes();
  await expect(order(await refuses('invalid', 400), spared)).rejects.toMatchObject({ code: 'invalid' });
  expect(spared.heard).toEqual([]);
});
