import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { curlStop } from './curl-stop';

const run = promisify(execFile);
let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

/** A door that answers with this status, and what it was handed. */
async function door(status: number): Promise<{ url: string; heard: { path: string | undefined; key: string | undefined; body: string }[] }> {
  const heard: { path: string | undefined; key: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => { heard.push({ path: request.url, key: request.headers.authorization, body }); response.writeHead(status, { connection: 'close' }).end(`{"status":${status}}`); });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}
const shell = (line: string) => run('sh', ['-c', line], { env: { ...process.env, COUNTERSIGN_CONTROL_KEY: 'csk_ctl_x' } });
const body = { scope: 'agent', target: "it's $HOME `id`" };

it('stops by a shell, with one address as with a list of one', async () => {
  const control = await door(202);
  for (const urls of [`${control.url}/`, [control.url]]) expect((await shell(curlStop(urls, body))).stdout).toBe('{"status":202}');
  expect(control.heard).toEqual(Array(2).fill({ path: '/v1/switches/engage', key: 'Bearer csk_ctl_x', body: JSON.stringify(body) }));
});

it('goes on to the next where one is away or refuses, and to nobody after one that took it', async () => {
  const [refuses, takes, spared] = [await door(503), await door(202), await door(202)];
  const line = curlStop(['http://127.0.0.1:1', refuses.url, takes.url, spared.url], body, 'pause');
  expect((await shell(line)).stdout).toBe('{"status":202}');
  expect([refuses.heard.length, takes.heard, spared.heard]).toEqual([1, [{ path: '/v1/switches/pause', key: 'Bearer csk_ctl_x', body: JSON.stringify(body) }], []]);
  await expect(shell(curlStop(['http://127.0.0.1:1', refuses.url], body))).rejects.toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining('503') });
});
