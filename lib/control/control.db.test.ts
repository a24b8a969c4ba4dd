import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runRelease } from '@/lib/cli/release';
import { runStop } from '@/lib/cli/stop';
import { makeContext } from '@/lib/context';
import { closePools, sql } from '@/lib/db';
import { pool } from '@/lib/db';
import { verifyOrder } from '@/lib/protocol/order';
import { FileKeys, generateSecret } from '@/lib/signing';
import { controlKeysFrom, createControlKey, revokeControlKey, SwitchView } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import { startControl, type Control } from '.';

let database: TestDatabase;
let link: DatabaseLink;
let dataDir: string;
let control: Control;
let controls: Control[] = [];
let key: string;
const host = makeContext({ kind: 'host', user: 'root' });

/** The database as its owner, past the wire that a test may cut. */
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };

beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  process.env.DATA_DIR = dataDir;
  key = (await createControlKey(host, { name: 'pager', scopes: ['session', 'agent', 'global'], environments: ['local'] })).key;
  await closePools();
  link = await createDatabaseLink(database.urlAs('control'));
  process.env.DATABASE_URL = link.url;
  control = await start();
});
afterEach(async () => {
  await Promise.all(controls.map((one) => one.stop()));
  controls = [];
  await closePools();
  await link.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<Control> {
  const made = await startControl({ dataDir, host: '127.0.0.1', port: 0, databaseUrl: link.url, logger: pino({ level: 'silent' }) });
  controls.push(made);
  return made;
}
async function stopOne(one: Control): Promise<void> {
  controls = controls.filter((other) => other !== one);
  await one.stop();
}
async function ask(method: string, where: string, body?: unknown, bearer: string | null = key): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${control.port}${where}`, { method, headers: bearer ? { authorization: `Bearer ${bearer}` } : {}, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const engage = (body: unknown, bearer?: string | null) => ask('POST', '/v1/switches/engage', body, bearer);
async function until(what: () => boolean | Promise<boolean>, withinMs = 40_000): Promise<void> {
  const from = performance.now();
  while (!(await what())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const keysOf = () => new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] });
const verified = (orderJws: unknown) => verifyOrder(String(orderJws), { keys: keysOf().verificationKeys('control/order'), now: new Date(), lastEpoch: -1 });
const ready = () => until(async () => (await engage({ scope: 'session', target: '019a0000-0000-7000-8000-000000000001' })).status === 202);

describe('control', () => {
  it('engages as the contract says, signs, stops the sessions and proves it', async () => {
    await ready();
    const fleet = await insertFleet(owner, { agents: 2, sessionsEach: 2, leaseMs: -60_000 });
    await insertPendingApproval(owner, fleet.sessions[0]!);
    const { status, json } = await engage({ scope: 'agent', target: fleet.agents[0], reason: 'it mails strangers' });
    expect(status).toBe(202);
    expect(json).toMatchObject({ order: { scope: 'agent', target: fleet.agents[0], environment: 'local' }, durability: 'database', matched: { sessions: 2, instances: 1 }, cancelledApprovals: 1 });
    const order = json.order as { id: string; issuedAt: string };
    expect(verified(json.orderJws)).toMatchObject({ ok: true, order: { kind: 'engage', id: order.id, scope: 'agent', target: fleet.agents[0], issuedAt: order.issuedAt } });
    // Signed before it is written: gateways learn of the order and of what to send their agents by one notice.
    const written = await owner.rows<{ xid: string; type: string; actor: object }>(`SELECT xmin::text AS xid, type, body::jsonb->'actor' AS actor FROM log.event WHERE type IN ('switch.engaged', 'switch.signed') AND body::jsonb->'data'->>'orderId' = $1 ORDER BY seq`, [order.id]);
    expect(written).toMatchObject([{ type: 'switch.engaged', actor: { kind: 'control_key' } }, { type: 'switch.signed', actor: { kind: 'system', id: 'control' }, xid: written[0]!.xid }]);
    await until(async () => 'confirmedAt' in (await ask('GET', `/v1/orders/${order.id}`)).json);
    const detail = (await ask('GET', `/v1/orders/${order.id}`)).json;
    expect(detail.targets).toHaveLength(2);
    expect(detail.targets).toEqual(expect.arrayContaining([expect.objectContaining({ sessionId: fleet.sessions[0]!.id, instanceId: fleet.instances[0], state: 'lease_lapsed', evidence: expect.stringContaining('its lease ended') })]));
    expect(await owner.rows(`SELECT count(*)::int AS n FROM session WHERE state = 'stopped'`)).toEqual([{ n: 2 }]);
    const again = await engage({ scope: 'agent', target: fleet.agents[0] });
    expect(again.json).toMatchObject({ order: { id: order.id }, orderJws: json.orderJws });
    expect((await ask('GET', '/v1/switches')).json.switches).toHaveLength(2);
  });

  it('holds a key to its scopes and environments, and to stopping', async () => {
    await ready();
    expect((await engage({ scope: 'class', target: 'financial' })).status).toBe(403);
    expect((await engage({ scope: 'global', environment: 'production' })).status).toBe(403);
    expect((await ask('POST', '/v1/switches/resume', { scope: 'global' })).status).toBe(403);
    expect((await ask('POST', `/v1/orders/019a0000-0000-7000-8000-000000000001/release`, { breakGlass: true })).status).toBe(404);
    expect((await engage({ scope: 'global' }, null)).status).toBe(401);
    expect((await engage({ scope: 'global' }, generateSecret('ctl').secret)).status).toBe(401);
    expect((await engage({ scope: 'global' }, generateSecret('user').secret)).status).toBe(401);
    process.env.DATABASE_URL = database.url;
    await revokeControlKey(host, { key: 'pager' });
    process.env.DATABASE_URL = link.url;
    await until(async () => (await engage({ scope: 'global' })).status !== 202);
  });

  it('takes a key from the moment that it is made, and says so where it cannot know it', async () => {
    await ready();
    for (let i = 0; i < 4; i++) {
      process.env.DATABASE_URL = database.url;
      const made = await createControlKey(host, { name: `new-${i}`, scopes: ['session'], environments: ['local'] });
      process.env.DATABASE_URL = link.url;
      expect((await engage({ scope: 'session', target: '019a0000-0000-7000-8000-000000000002' }, made.key)).status).toBe(202);
    }
    link.cut();
    expect(await engage({ scope: 'session', target: '019a0000-0000-7000-8000-000000000002' }, generateSecret('ctl').secret)).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect((await engage({ scope: 'session', target: '019a0000-0000-7000-8000-000000000002' })).status).toBe(202);
    await link.restore();
  });

  it('refuses what is no stop, and lives on', async () => {
    await ready();
    for (const body of ['', '{', '[]', '{"scope":"global","scope":"session"}', '{"scope":"global","__proto__":{}}', { scope: 'galaxy' }, { scope: 'session' }, { scope: 'global', target: 'x' }, { scope: 'global', extra: 1 }, { scope: 'global', reason: 'x'.repeat(3_000) }]) {
      expect((await engage(body)).status, JSON.stringify(body).slice(0, 60)).toBe(400);
    }
    expect((await ask('GET', '/v1/nothing')).status).toBe(404);
    expect((await ask('GET', '/v1/orders/019a0000-0000-7000-8000-00000000ffff')).status).toBe(404);
    const big = await fetch(`http://127.0.0.1:${control.port}/v1/switches/engage`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: 'x'.repeat(100_000) }).then((response) => response.status, () => 'closed');
    expect([400, 'closed']).toContain(big);
    expect((await engage({ scope: 'global' })).status).toBe(202);
  });

  it('slows down bad credentials, and never a good one', async () => {
    await ready();
    const statuses = [];
    for (let i = 0; i < 30; i++) statuses.push((await engage({ scope: 'global' }, generateSecret('ctl').secret)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(15);
    for (let i = 0; i < 50; i++) expect((await engage({ scope: 'global' })).status).toBe(202);
  });

  it('takes stops while the database is away, keeps them over a crash, and hands them over when it is back', { timeout: 60_000 }, async () => {
    await ready();
    const fleet = await insertFleet(owner, { agents: 1, sessionsEach: 1, leaseMs: -60_000 });
    link.cut();
    const { status, json } = await engage({ scope: 'agent', target: fleet.agents[0] });
    expect(status).toBe(202);
    expect(json).toMatchObject({ durability: 'journal', matched: null, cancelledApprovals: null });
    expect(verified(json.orderJws)).toMatchObject({ ok: true });
    const order = json.order as { id: string };
    expect((await engage({ scope: 'agent', target: fleet.agents[0] })).json).toMatchObject({ order: { id: order.id }, orderJws: json.orderJws });
    expect((await ask('GET', `/v1/orders/${order.id}`)).json).toMatchObject({ order: { id: order.id, durability: 'journal' } });
    await until(async () => (await ask('GET', '/v1/health', undefined, null)).json.database === 'away');

    // A crash in the middle of the next line, and a restart with the database still away: key and order are known.
    await stopOne(control);
    const journal = path.join(dataDir, 'control', 'journal.ndjson');
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    appendFileSync(journal, '{"line":"engaged","entry":{"id":"0');
    control = await start();
    expect((await engage({ scope: 'agent', target: fleet.agents[0] })).json).toMatchObject({ order: { id: order.id } });
    expect((await engage({ scope: 'global' })).json).toMatchObject({ durability: 'journal' });
    await link.restore();
    await until(async () => (await ask('GET', '/v1/health', undefined, null)).json.status === 'ok', 40_000);
    expect(readFileSync(path.join(dataDir, 'control', 'keys.json'), 'utf8')).not.toContain('csk_');
    await until(async () => 'confirmedAt' in (await ask('GET', `/v1/orders/${order.id}`)).json);
    const rows = await owner.rows<{ id: string; order_jws: string; engaged_by: { kind: string } }>('SELECT id, order_jws, engaged_by FROM switch_order WHERE scope <> $1 ORDER BY engaged_at', ['session']);
    expect(rows).toMatchObject([{ id: order.id, order_jws: json.orderJws, engaged_by: { kind: 'control_key', name: 'pager' } }, { engaged_by: { kind: 'control_key' } }]);
    expect(await owner.rows(`SELECT type FROM log.event WHERE type = 'switch.engaged' AND body LIKE '%' || $1 || '%'`, [order.id])).toHaveLength(1);
    expect(await owner.rows(`SELECT 1 FROM session WHERE state = 'stopped'`)).toHaveLength(1);
    expect((await engage({ scope: 'agent', target: fleet.agents[0] })).json).toMatchObject({ order: { id: order.id }, durability: 'database' });
  });

  it('puts a forged release back, and says so on the record', async () => {
    await ready();
    const order = (await engage({ scope: 'global' })).json.order as { id: string };
    const view = new SwitchView({ url: database.urlAs('gateway'), keys: controlKeysFrom(keysOf()) });
    await view.start();
    await owner.rows(`UPDATE switch_order SET state = 'released', released_at = now(), release_jws = order_jws WHERE id = $1`, [order.id]);
    await view.refresh();
    expect(view.match({ environment: 'local' })?.id).toBe(order.id);
    await until(async () => (await owner.rows(`SELECT 1 FROM log.event WHERE type = 'switch.forgery_found'`)).length === 1);
    expect(await owner.rows('SELECT state, release_jws FROM switch_order WHERE id = $1', [order.id])).toEqual([{ state: 'engaged', release_jws: null }]);
    await view.stop();
  });

  it('fences and tells a gateway within a moment', async () => {
    await ready();
    const view = new SwitchView({ url: database.urlAs('gateway'), keys: controlKeysFrom(keysOf()) });
    await view.start();
    const took: number[] = [];
    for (let i = 0; i < 20; i++) {
      const from = performance.now();
      const { json } = await engage({ scope: 'session', target: `019a0000-0000-7000-8000-0000000001${String(i).padStart(2, '0')}` });
      const id = (json.order as { id: string }).id;
      await until(() => view.orders.list.some((order) => order.id === id && order.orderJws !== null));
      took.push(performance.now() - from);
    }
    took.sort((a, b) => a - b);
    console.info(`from the press to a gateway that holds the signed order: p50 ${took[10]!.toFixed(0)} ms, worst ${took[19]!.toFixed(0)} ms`);
    await view.stop();
  });
});

describe('the host', () => {
  async function run(command: typeof runStop, ...argv: string[]) {
    const written = { out: '', err: '' };
    const code = await command(argv, { out: (text) => void (written.out += text), err: (text) => void (written.err += text) });
    return { code, ...written };
  }
  /** The command reads DATA_DIR once per process, so here it is given the address that stands for it. */
  const door = () => ['--url', `http://127.0.0.1:${control.port}`, '--key', key];

  it('stops by command and follows the proof', async () => {
    await ready();
    await insertFleet(owner, { agents: 1, sessionsEach: 3, leaseMs: -60_000 });
    const people = await run(runStop, '--global', '--reason', "it's odd", ...door());
    expect(people.code).toBe(0);
    expect(people.out).toMatch(/^ordered .*stop of everything[\s\S]*hits 3 sessions on 1 instance; 0 approvals cancelled[\s\S]*curl -sS -X POST[\s\S]*fenced .*every gateway refuses[\s\S]*confirmed .*3 lease lapsed/);
    expect(people.out).not.toContain(key);
    const script = await run(runStop, '--global', '--json', ...door());
    expect(script.out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(script.out)).toMatchObject({ ok: true, durability: 'database', confirmedAt: expect.any(String) });
    expect((await run(runStop, '--global', '--session', 'x', ...door())).code).toBe(2);
    expect((await run(runStop, ...door())).code).toBe(2);
    expect((await run(runStop, '--galaxy')).code).toBe(2);
    expect(await run(runStop, '--class', 'financial', ...door())).toMatchObject({ code: 1, err: expect.stringContaining('beyond it') });
    expect(await run(runStop, '--global', '--url', 'http://127.0.0.1:1', '--key', key)).toMatchObject({ code: 1, err: expect.stringContaining('does not answer') });
  });

  it('stops one session by command, and holds new ones of its agent unless told not to', async () => {
    await ready();
    const { sessions } = await insertFleet(owner, { agents: 2, sessionsEach: 2, leaseMs: -60_000 });
    const [one, other, third] = [sessions[0]!, sessions[2]!, sessions[3]!];
    const quick = [...door(), '--wait', '0'];
    const holds = async () => (await owner.rows<{ agent: string; minutes: number }>(`SELECT agent_id AS agent, extract(epoch FROM until - placed_at)::int / 60 AS minutes FROM session_hold ORDER BY placed_at`));
    expect((await run(runStop, '--session', other.id, '--no-hold', ...quick)).code).toBe(0);
    expect(await holds()).toEqual([]);
    const said = await run(runStop, '--session', one.id, ...quick);
    expect(said.out).toMatch(/no new session of its agent opens before 20\d\d-/);
    expect(said.out).toContain('"holdMinutes":10');
    expect(JSON.parse((await run(runStop, '--session', third.id, '--hold', '25', '--json', ...quick)).out)).toMatchObject({ ok: true, holdUntil: expect.any(String) });
    expect(await holds()).toEqual([{ agent: one.agentId, minutes: 10 }, { agent: third.agentId, minutes: 25 }]);
    expect((await run(runStop, '--session', '019a0000-0000-7000-8000-00000000dead', ...quick)).out).toContain('nothing new is held: nobody knows whose that is');
    for (const argv of [['--session', one.id, '--hold', '0'], ['--session', one.id, '--hold', '61'], ['--session', one.id, '--hold', 'x'], ['--session', one.id, '--hold', '5', '--no-hold'], ['--agent', one.agentId, '--hold', '5'], ['--session', one.id, '--hold', '5', '--pause']]) {
      expect((await run(runStop, ...argv, ...quick)).code, argv.join(' ')).toBe(2);
    }
    expect((await run(runStop, '--session', one.id, '--pause', ...quick)).code).toBe(0);
  });

  it('reaches control over a socket that only its user can open, and may break the glass there', async () => {
    expect(statSync(control.socketPath!).mode & 0o777).toBe(0o600);
    const over = (method: string, where: string, body?: unknown) => new Promise<{ status: number; json: Record<string, unknown> }>((resolve, reject) => {
      const request = http.request({ socketPath: control.socketPath!, method, path: where }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
        response.on('end', () => resolve({ status: response.statusCode!, json: JSON.parse(text) as Record<string, unknown> }));
      });
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const { status, json } = await over('POST', '/v1/switches/engage', { scope: 'global' });
    expect(status).toBe(202);
    const id = (json.order as { id: string }).id;
    expect((await over('POST', `/v1/orders/${id}/release`, {})).status).toBe(400);
    expect((await over('POST', `/v1/orders/${id}/release`, { breakGlass: true, reason: 'nobody else is there' })).json).toMatchObject({ order: { id, state: 'released' } });
    expect((await over('POST', `/v1/orders/${id}/release`, { breakGlass: true })).status).toBe(409);
    expect(await sql.rows(`SELECT 1 FROM log.event WHERE type = 'switch.released' AND body LIKE '%"breakGlass":true%'`)).toHaveLength(1);
    const view = new SwitchView({ url: database.urlAs('gateway'), keys: controlKeysFrom(keysOf()) });
    await view.start();
    expect(view.orders.list).toEqual([]);
    await view.stop();
    expect((await run(runRelease)).code).toBe(2);
    await expect(start()).rejects.toThrow('Another process answers');
  });
});
