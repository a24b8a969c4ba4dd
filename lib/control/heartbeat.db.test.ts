import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCommandLine } from '@/lib/cli/commands';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { armDeadMan, deadManOf } from '@/lib/dead-man';
import { createControlKey } from '@/lib/switches';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { insertFleet } from '@/lib/testing/fleet';
import { startControl, type Control } from '.';

const host = makeContext({ kind: 'host', user: 'root' });
const dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
let db: TestDatabase;
let link: DatabaseLink;
let control: Control;
let here: string;
let pager: string;
const owner = () => sqlOf(pool(db.url));
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.url;
  process.env.DATA_DIR = dataDir;
  here = (await createControlKey(host, { name: 'phone of the night shift', scopes: ['heartbeat'] })).key;
  pager = (await createControlKey(host, { name: 'pager', scopes: ['session', 'global'] })).key;
  link = await createDatabaseLink(db.urlAs('control'));
  process.env.DATABASE_URL = link.url;
  control = await startControl({ dataDir, host: '127.0.0.1', port: 0, databaseUrl: link.url, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await control.stop();
  await closePrisma();
  await closePools();
  await link.stop();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const beat = async (key: string, body: unknown = {}) => {
  const response = await fetch(`http://127.0.0.1:${control.port}/v1/heartbeat`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
async function armed(afterMinutes: number) {
  const agentId = (await insertFleet(owner(), { agents: 1, sessionsEach: 1, leaseMs: -60_000 })).agents[0]!;
  process.env.DATABASE_URL = db.url;
  const deadMan = await armDeadMan(host, { agentId, action: 'stop', afterMinutes });
  process.env.DATABASE_URL = link.url;
  return { agentId, id: deadMan.id };
}
const silence = (id: string, minutes: number) => owner().rows('UPDATE dead_man SET seen_at = seen_at - make_interval(mins => $2) WHERE id = $1', [id, minutes]);

it('a heartbeat is taken from a key that was made for it, and from no other', async () => {
  const { id } = await armed(30);
  await silence(id, 29);
  await vi.waitFor(async () => expect((await beat(pager)).status).toBe(403), { timeout: 30_000 });
  expect((await beat('nothing')).status).toBe(401);
  const taken = await beat(here);
  expect(taken).toMatchObject({ status: 200, json: { kept: [{ id, scope: 'agent' }] } });
  expect(Date.parse((taken.json.kept as { firesAt: string }[])[0]!.firesAt) - Date.parse(String(taken.json.at))).toBe(30 * 60_000);
  // It stops nothing, and what stops sends none.
  const stop = await fetch(`http://127.0.0.1:${control.port}/v1/switches/engage`, { method: 'POST', headers: { authorization: `Bearer ${here}` }, body: JSON.stringify({ scope: 'global' }) });
  expect(stop.status).toBe(403);
  expect((await beat(here, { until: 'tomorrow' })).status).toBe(400);
});

it('the command says who is here, and until when', async () => {
  const { id, agentId } = await armed(30);
  await silence(id, 29);
  const run = async (...argv: string[]) => {
    const said = { out: '', err: '' };
    const code = await runCommandLine(['heartbeat', ...argv], { out: (text) => { said.out += text; }, err: (text) => { said.err += text; } });
    return { code, ...said };
  };
  const door = (key: string) => ['--url', `http://127.0.0.1:${control.port}`, '--key', key];
  // On the host, by the socket that only its user can open.
  const taken = await run(id);
  expect(taken).toMatchObject({ code: 0, err: '' });
  expect(taken.out).toMatch(new RegExp(`^heard {3}agent ${agentId} fires at .*; switch ${id}\n$`));
  expect((await owner().rows<{ seen_by: { kind: string } }>('SELECT seen_by FROM dead_man WHERE id = $1', [id]))[0]!.seen_by).toMatchObject({ kind: 'host' });
  const script = JSON.parse((await run(...door(here), '--json')).out) as { kept: { id: string; firesAt: string }[]; at: string };
  expect(Date.parse(script.kept.find((one) => one.id === id)!.firesAt) - Date.parse(script.at)).toBe(30 * 60_000);
  expect(await run(...door(pager))).toMatchObject({ code: 1, err: expect.stringContaining('heartbeat') });
  expect(await run(newId())).toMatchObject({ code: 1, err: expect.stringContaining('no such dead-man switch') });
  expect((await run('--url', `http://127.0.0.1:${control.port}`)).code).toBe(2);
  expect((await run(id, id)).code).toBe(2);
  expect(await run('--url', 'http://127.0.0.1:1', '--key', here)).toMatchObject({ code: 3, err: expect.stringContaining('does not answer') });
});

it('control fires by itself what nobody kept from firing, and goes on after the database was away', async () => {
  const { agentId, id } = await armed(30);
  link.cut();
  await vi.waitFor(async () => expect((await beat(here)).status).toBe(503), { timeout: 30_000 });
  await silence(id, 30);
  await link.restore();
  await vi.waitFor(async () => expect(await owner().rows(`SELECT kind, scope FROM switch_order WHERE target = $1 AND order_jws IS NOT NULL`, [agentId])).toEqual([{ kind: 'stop', scope: 'agent' }]), { timeout: 30_000, interval: 50 });
  process.env.DATABASE_URL = db.url;
  expect(await deadManOf('agent', agentId)).toMatchObject({ now: { state: 'fired' } });
  process.env.DATABASE_URL = link.url;
  await vi.waitFor(async () => expect((await beat(here, { id })).status).toBe(404), { timeout: 30_000 });
});
