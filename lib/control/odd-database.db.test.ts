import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, pool } from '@/lib/db';
import { FileKeys } from '@/lib/signing';
import { breakGlassRelease, controlKeysFrom, createControlKey, engageSwitch, SwitchView } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { startControl, type Control } from '.';

let database: TestDatabase;
let link: DatabaseLink;
let dataDir: string;
let control: Control;
let key: string;
const host = makeContext({ kind: 'host', user: 'root' });

/** The database as its owner, past the wire that a test may cut. */
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };
const keysOf = () => new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] });
const start = () => startControl({ dataDir, host: '127.0.0.1', port: 0, databaseUrl: link.url, logger: pino({ level: 'silent' }) });

beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  process.env.DATA_DIR = dataDir;
  key = (await createControlKey(host, { name: 'pager', scopes: ['session', 'agent', 'global'], environments: ['*'] })).key;
  await closePools();
  link = await createDatabaseLink(database.urlAs('control'));
  process.env.DATABASE_URL = link.url;
  control = await start();
});
afterEach(async () => {
  await control.stop();
  await closePools();
  await link.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(method: string, where: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${control.port}${where}`, { method, headers: { authorization: `Bearer ${key}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const engage = (body: unknown) => ask('POST', '/v1/switches/engage', body);
async function until(what: () => boolean | Promise<boolean>, withinMs = 40_000): Promise<void> {
  const from = performance.now();
  while (!(await what())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const ready = () => until(async () => (await engage({ scope: 'session', target: '019a0000-0000-7000-8000-000000000001' })).status === 202);

describe('a database that is not what control left behind', () => {
  it('hands over as a union: what stood, what was engaged meanwhile, also for the very same scope, and nothing twice', { timeout: 60_000 }, async () => {
    await ready();
    const standing = (await engage({ scope: 'global' })).json.order as { id: string };
    const agent = '019a0000-0000-7000-8000-0000000000b1';
    link.cut();
    const meanwhile = (await engage({ scope: 'global' })).json;
    const other = (await engage({ scope: 'agent', target: agent })).json;
    expect([meanwhile.durability, other.durability]).toEqual(['journal', 'journal']);
    // Somebody whose way to the database holds stops as well.
    process.env.DATABASE_URL = database.url;
    const console_ = await engageSwitch(host, { scope: 'agent', target: agent });
    await closePools();
    process.env.DATABASE_URL = link.url;
    await link.restore();
    await until(async () => (await ask('GET', '/v1/health')).json.status === 'ok', 40_000);
    const rows = await owner.rows<{ id: string; state: string; signed: boolean; generation: string }>(`SELECT id, state, order_jws IS NOT NULL AS signed, generation FROM switch_order WHERE scope <> 'session'`);
    expect(rows.map(({ id }) => id).sort()).toEqual([standing.id, (meanwhile.order as { id: string }).id, (other.order as { id: string }).id, console_.id].sort());
    expect(new Set(rows.map(({ generation }) => generation)).size).toBe(4);
    for (const row of rows) expect(row.state).toBe('engaged');
    await until(async () => (await owner.rows(`SELECT 1 FROM switch_order WHERE order_jws IS NULL`)).length === 0);
  });

  it('starts stopped on a database that is older than its anchor, before anything else is looked at', async () => {
    await ready();
    expect((await ask('GET', '/v1/switches')).json.switches).toHaveLength(1);
    await control.stop();
    mkdirSync(path.join(dataDir, 'anchor'));
    // What was kept outside: a checkpoint that this database has never had, as after a restored backup.
    writeFileSync(path.join(dataDir, 'anchor', 'checkpoints.ndjson'), `${JSON.stringify({ at: '2026-11-20T00:00:00.000Z', hash: 'f'.repeat(64), index: 7, jws: 'x.y.z' })}\n`);
    control = await start();
    await until(async () => ((await ask('GET', '/v1/switches')).json.switches as { scope: string }[]).some((one) => one.scope === 'global'));
    const [global] = ((await ask('GET', '/v1/switches')).json.switches as { scope: string; reason: string; environment: string | null }[]).filter((one) => one.scope === 'global');
    expect(global).toMatchObject({ environment: null, reason: expect.stringContaining('does not hold checkpoint 7') as string });
    expect(await owner.rows(`SELECT 1 FROM log.event WHERE type = 'log.set_back_found'`)).toHaveLength(1);
    const view = new SwitchView({ url: database.urlAs('gateway'), keys: controlKeysFrom(keysOf()) });
    await view.start();
    expect(view.match({ environment: 'local' })).toMatchObject({ scope: 'global' });
    await view.stop();
  });

  it('takes up a stop that was written straight into the database: it holds, is signed, and fenced only once gateways have read it', async () => {
    await ready();
    const view = new SwitchView({ url: database.urlAs('gateway'), keys: controlKeysFrom(keysOf()) });
    await view.start();
    const deciding = view.begin();
    const [id, odd] = ['5f0c6a52-6d2b-4c6f-9a64-0d5f2c6e7b10', '5f0c6a52-6d2b-4c6f-9a64-0d5f2c6e7b11'];
    // In a hurry, by hand: no notice, no generation of its own, and a row that calls itself fenced and confirmed.
    const insert = (row: string, scope: string, target: string | null, reason: string | null) => owner.rows(
      `INSERT INTO switch_order (id, kind, scope, target, reason, engaged_by, engaged_at, generation, fenced_at, confirmed_at) VALUES ($1, 'stop', $2, $3, $4, '"psql"', now(), 0, now(), now())`, [row, scope, target, reason]);
    await insert(id, 'agent', '019a0000-0000-7000-8000-0000000000b1', null);
    await until(() => view.match({ agentId: '019a0000-0000-7000-8000-0000000000b1', environment: 'local' })?.id === id);
    expect(view.match({ agentId: '019a0000-0000-7000-8000-0000000000b2', environment: 'local' })).toBeNull();
    const fenced = async () => (await owner.rows<{ fenced: boolean }>('SELECT fenced_at IS NOT NULL AS fenced FROM switch_order WHERE id = $1', [id]))[0]!.fenced;
    await until(async () => (await owner.rows(`SELECT 1 FROM log.event WHERE type = 'switch.found' AND body LIKE '%' || $1 || '%'`, [id])).length === 1);
    await until(() => view.orders.list.some((order) => order.id === id && order.orderJws !== null));
    // A decision that began before is still under way, so nobody may say yet that every gateway refuses.
    expect(await fenced()).toBe(false);
    deciding.end();
    await until(fenced);
    // It is released like any other.
    await breakGlassRelease(host, id, 'it was a test', new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] }).signer('control/order'));
    await until(() => view.match({ agentId: '019a0000-0000-7000-8000-0000000000b1', environment: 'local' }) === null);
    // What nobody can read stops everything, and what cannot even be signed keeps no other order from being worked off.
    await insert(odd, 'the lot', null, 'x'.repeat(5_000));
    await until(() => view.match({ environment: 'local' })?.id === odd);
    const after = (await engage({ scope: 'session', target: '019a0000-0000-7000-8000-0000000000aa' })).json.order as { id: string };
    await until(async () => (await owner.rows('SELECT 1 FROM switch_order WHERE id = $1 AND confirmed_at IS NOT NULL', [after.id])).length === 1);
    await view.stop();
  });
});
