import { once } from 'node:events';
import http, { type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { consoleProxy } from './console-proxy';
import { CONSOLE_KEEPS_MS, CONSOLE_REUSED_MS } from './rules';

const open: Server[] = [];
afterEach(() => { for (const server of open.splice(0)) { server.closeAllConnections(); server.close(); } });

async function listening(server: Server): Promise<string> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A console that keeps connections for as long as the real one, and the gateway's door before it. */
async function door(reusedForMs?: number, answerAfter: (done: () => void) => void = (done) => done()) {
  const sockets: Socket[] = [];
  const console_ = http.createServer((request, response) => answerAfter(() => { request.resume(); response.end('here'); }));
  console_.keepAliveTimeout = CONSOLE_KEEPS_MS;
  console_.on('connection', (socket) => sockets.push(socket));
  const proxy = consoleProxy(await listening(console_), reusedForMs);
  return { at: await listening(http.createServer((request, response) => proxy.request(request, response))), sockets, proxy };
}

it('uses a connection to the console again, and lets go of it by itself before the console would', async () => {
  const { at, sockets, proxy } = await door(200);
  for (let i = 0; i < 3; i++) expect(await (await fetch(at, { method: 'POST', body: 'stop' })).text()).toBe('here');
  expect(sockets).toHaveLength(1);
  const from = performance.now();
  await once(sockets[0]!, 'end');
  expect(performance.now() - from).toBeLessThan(CONSOLE_KEEPS_MS / 2);
  expect(CONSOLE_REUSED_MS).toBeLessThanOrEqual(CONSOLE_KEEPS_MS / 2);
  expect(await (await fetch(at)).text()).toBe('here');
  expect(sockets).toHaveLength(2);
  proxy.close();
});

it('waits for an answer for as long as it takes: only what is idle is let go of', async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => { void door(20, (done) => { answer = done; resolve(); }).then(({ at }) => { reply = fetch(at).then((response) => response.text()); }); });
  let reply: Promise<string> | undefined;
  await asked;
  // Several times as long as an idle one lives.
  await new Promise((resolve) => setTimeout(resolve, 150));
  answer();
  expect(await reply).toBe('here');
});
