import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { startProcess, type RunningWorker } from '@/lib/testing/running-worker';
import { runCommandLine } from './commands';

let database: TestDatabase;
let dataDir: string;
const running: RunningWorker[] = [];
/** In this process, which is a tenth of the time; it still goes through the processes' sockets. */
async function keys(...argv: string[]) {
  let out = '';
  const code = await runCommandLine(['keys', ...argv, '--json'], { out: (text) => { out += text; }, err: () => {} });
  return { code, json: JSON.parse(out.trimEnd().split('\n').at(-1)!) as Record<string, unknown> };
}
type Listed = { name: string; kid: string; state: string; publicKey: string | null }[];
const listed = async (name: string) => ((await keys('list')).json.keys as Listed).filter((one) => one.name === name);

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'));
  process.env.DATA_DIR = dataDir;
  const ports = await Promise.all([freePort(), freePort()]);
  const env = { PORT: String(ports[0]), CONTROL_PORT: String(ports[1]), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${ports[0]}`, CONSOLE_UPSTREAM: '' };
  for (const name of ['control', 'worker', 'gateway'] as const) running.push(await startProcess(name, database.url, { dataDir, env }));
}, 180_000);
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('countersign keys', () => {
  it('rotates each key in the process that holds it, and ends the old one where it may', async () => {
    for (const name of ['permit', 'checkpoint', 'payload-wrapping', 'control/order']) expect(await listed(name), name).toHaveLength(1);
    const permit = await keys('rotate', 'permit', '--overlap', '10m');
    expect(permit.json).toMatchObject({ ok: true, name: 'permit' });
    expect((await listed('permit')).map(({ kid }) => kid)).toEqual([permit.json.kid, permit.json.previousKid]);
    expect(await keys('rotate', 'permit')).toMatchObject({ code: 1, json: { ok: false, error: expect.stringContaining('keys retire permit') } });
    expect(await keys('rotate', 'permit', '--overlap', 'soon')).toMatchObject({ code: 2 });
    expect(await keys('rotate', 'agent-token', '--overlap', '1s')).toMatchObject({ code: 2, json: { error: expect.stringContaining('300 s') } });
    expect(await keys('retire', 'permit')).toMatchObject({ code: 1, json: { error: expect.stringContaining('--now') } });
    expect(await keys('retire', 'permit', '--now')).toMatchObject({ code: 0, json: { kid: permit.json.previousKid } });

    const control = await keys('rotate', 'control');
    expect(String((await keys('show', 'control')).json.key).split(',')).toHaveLength(2);
    expect((await listed('control/order')).map(({ state }) => state)).toEqual(['waits', 'signs']);
    expect(await keys('retire', 'control', '--now')).toMatchObject({ code: 0, json: { kid: control.json.previousKid } });
    expect(String((await keys('show', 'control')).json.key).split(',')).toHaveLength(1);

    expect(await keys('rotate', 'payload-wrapping')).toMatchObject({ code: 0 });
    expect(await keys('rewrap')).toMatchObject({ code: 0, json: { rewrapped: 0, unopened: 0 } });
    expect(await keys('rewrap', 'permit')).toMatchObject({ code: 2, json: { error: expect.stringContaining('credential-wrapping') } });
    expect(await keys('rewrap', 'credential-wrapping')).toMatchObject({ code: 3, json: { error: expect.stringContaining('console') } });
    expect(await keys('retire', 'payload-wrapping', '--now')).toMatchObject({ code: 0 });
    expect(await keys('rotate', 'checkpoint')).toMatchObject({ code: 0 });
    expect(await keys('retire', 'checkpoint', '--now')).toMatchObject({ code: 0 });
    expect(String((await keys('show', 'checkpoint', '--retired')).json.key).split(',')).toHaveLength(2);
    // The console is not running here, and says so; no process's log quotes a key.
    expect(await keys('rotate', 'auth')).toMatchObject({ code: 3, json: { error: expect.stringContaining('console') } });
    for (const one of running) expect(one.output()).not.toMatch(/"d":/);
  });

  it('finds a replica that lives beside the socket of one that was killed', async () => {
    await running[2]!.stop('SIGKILL');
    expect(readdirSync(dataDir).filter((file) => file.startsWith('keys-gateway-'))).toHaveLength(1);
    expect(await keys('rotate', 'agent-token')).toMatchObject({ code: 3 });
    expect(readdirSync(dataDir).filter((file) => file.startsWith('keys-gateway-') && file.endsWith('.sock'))).toEqual([]);
  });
}, 180_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
