import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerStopKey, revokeStopKey } from '@/lib/access';
import { asPerson, makePerson } from '@/lib/access/testing';
import { closePools, closePrisma, pool, prisma } from '@/lib/db';
import { env } from '@/lib/env';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { insertFleet } from '@/lib/testing/fleet';
import { makeStopKey, signStop, type Signed } from '@/lib/testing/stop-key';
import { startControl, type Control } from '.';

let database: TestDatabase;
let link: DatabaseLink;
let dataDir: string;
let control: Control;
let ada: Awaited<ReturnType<typeof makePerson>>;
let held: { id: string; sign: (claim?: Partial<Signed>) => Signed };
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };
/** As the console does it, past the wire that a test may cut. */
async function asConsole<T>(work: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = database.urlAs('console');
  try { return await work(); } finally { await closePrisma(); process.env.DATABASE_URL = link.url; }
}

beforeEach(async () => {
  database = await createTestDatabase();
  link = await createDatabaseLink(database.urlAs('control'));
  dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  await asConsole(async () => { ada = await makePerson(['responder']); });
  held = await holder();
  control = await start();
  // Until control has read who may stop.
  await until(() => cached().includes(held.id));
});
afterEach(async () => {
  await control.stop();
  await closePools();
  await link.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = () => startControl({ dataDir, host: '127.0.0.1', port: 0, databaseUrl: link.url, logger: pino({ level: 'silent' }) });
const cacheFile = () => path.join(dataDir, 'control', 'stop-keys.json');
const cached = () => { try { return readFileSync(cacheFile(), 'utf8'); } catch { return ''; } };
async function holder(person = ada) {
  const { jwk, privateKey } = makeStopKey();
  const { id } = await asConsole(() => registerStopKey(asPerson(person), { jwk, name: 'a browser' }));
  return { id, sign: (claim: Partial<Signed> = {}) => signStop(privateKey, { ...claim, keyId: id }) };
}
const at = () => `http://127.0.0.1:${control.port}/v1/switches/engage-by-key`;
async function engage(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(at(), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, headers: response.headers, json: (await response.json()) as { order: { id: string }; standing: boolean; durability: string; why?: string; code?: string; serverTime?: string } };
}
async function until(what: () => boolean | Promise<boolean>, withinMs = 40_000): Promise<void> {
  const from = performance.now();
  while (!(await what())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const away = async () => ((await (await fetch(`http://127.0.0.1:${control.port}/v1/health`)).json()) as { database: string; status: string });

describe('control and a device\'s stop key', () => {
  it('stops by it without a bearer, signs the order, and answers no more than the contract', async () => {
    const fleet = await insertFleet(owner, { agents: 1, sessionsEach: 2, leaseMs: -60_000 });
    const { status, json } = await engage(held.sign({ scope: 'agent', target: fleet.agents[0] }));
    expect({ status, json }).toEqual({ status: 202, json: { order: { id: expect.any(String), scope: 'agent' }, standing: false, durability: 'database' } });
    await until(async () => (await owner.rows(`SELECT 1 FROM switch_order WHERE id = $1 AND order_jws IS NOT NULL`, [json.order.id])).length === 1);
    await until(async () => (await owner.rows(`SELECT 1 FROM session WHERE state = 'stopped'`)).length === 2);
    expect(await owner.rows('SELECT engaged_by FROM switch_order WHERE id = $1', [json.order.id])).toEqual([{ engaged_by: { kind: 'person', id: ada.id, name: 'Ada', via: 'stop_key' } }]);
  });

  it('refuses a revoked key at once, and forgets it within a second', async () => {
    const signed = held.sign();
    await asConsole(() => revokeStopKey(asPerson(ada), held.id));
    const from = performance.now();
    expect(await engage(signed)).toMatchObject({ status: 401, json: { why: 'revoked' } });
    await until(() => !cached().includes(held.id));
    expect(performance.now() - from).toBeLessThan(40_000);
    link.cut();
    await until(async () => (await away()).database === 'away');
    expect(await engage(held.sign())).toMatchObject({ status: 401, json: { why: 'unknown' } });
    expect(await owner.rows('SELECT 1 FROM switch_order')).toEqual([]);
  });

  it('stops while the database is away, over a restart, each number once, and hands all of it over', { timeout: 90_000 }, async () => {
    const fleet = await insertFleet(owner, { agents: 1, sessionsEach: 1, leaseMs: -60_000 });
    const earlier = held.sign({ scope: 'agent', target: fleet.agents[0] });
    link.cut();
    await until(async () => (await away()).database === 'away');
    const first = await engage(earlier);
    expect(first).toMatchObject({ status: 202, json: { standing: false, durability: 'journal' } });
    const twice = held.sign({ scope: 'agent', target: fleet.agents[0] });
    const both = await Promise.all([engage(twice), engage(twice)]);
    expect(both.map((one) => one.status).sort()).toEqual([202, 409]);
    expect(both.find((one) => one.status === 202)!.json).toEqual({ order: { id: first.json.order.id, scope: 'agent' }, standing: true, durability: 'journal' });
    expect(await engage(held.sign({ ts: new Date(Date.now() - 3_600_000).toISOString() }))).toMatchObject({ status: 400, json: { why: 'clock', serverTime: expect.any(String) } });
    expect((await engage({ ...held.sign(), scope: 'session' })).status).toBe(400);
    expect(await engage({ ...held.sign(), environment: 'elsewhere' })).toMatchObject({ status: 401, json: { why: 'unknown' } });

    await control.stop();
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600);
    control = await start();
    expect(await engage(earlier)).toMatchObject({ status: 409, json: { why: 'used' } });
    expect(await engage(held.sign())).toMatchObject({ status: 202, json: { standing: false, durability: 'journal' } });

    await link.restore();
    await until(async () => (await away()).status === 'ok', 40_000);
    const rows = await owner.rows<{ id: string }>('SELECT id, scope, engaged_by, order_jws IS NOT NULL AS signed FROM switch_order ORDER BY engaged_at');
    expect(rows).toMatchObject([{ id: first.json.order.id, scope: 'agent', engaged_by: { kind: 'person', id: ada.id, via: 'stop_key' }, signed: true }, { scope: 'global', signed: true }]);
    expect(await owner.rows(`SELECT 1 FROM log.event WHERE type = 'switch.engaged' AND body LIKE '%"via":"stop_key"%'`)).toHaveLength(2);
    await until(async () => (await owner.rows('SELECT 1 FROM stop_key_nonce')).length === 3);
    expect(await engage(earlier)).toMatchObject({ status: 409, json: { why: 'used' } });
  });

  it('keeps what is to be held in the journal, over a restart, counts it from the press, and places it when the database is back', { timeout: 60_000 }, async () => {
    const { sessions } = await insertFleet(owner, { agents: 2, sessionsEach: 1, leaseMs: -60_000 });
    const [one, other] = [sessions[0]!, sessions[1]!];
    link.cut();
    await until(async () => (await away()).database === 'away');
    const first = await engage(held.sign({ scope: 'session', target: one.id, holdMinutes: 10 }));
    expect(first).toEqual({ status: 202, headers: expect.anything(), json: { order: { id: expect.any(String), scope: 'session' }, standing: false, durability: 'journal' } });
    expect((await engage({ ...held.sign({ scope: 'session', target: other.id }), holdMinutes: 10 })).json).toMatchObject({ why: 'unknown' });
    // Stopped without a hold, and pressed again with one: the stop stands, and what is new is held as well.
    const plain = await engage(held.sign({ scope: 'session', target: other.id }));
    const again = await engage(held.sign({ scope: 'session', target: other.id, holdMinutes: 20 }));
    expect(again.json).toEqual({ ...plain.json, standing: true });
    await control.stop();
    control = await start();
    await link.restore();
    await until(async () => (await away()).status === 'ok', 40_000);
    const holds = await owner.rows<Record<string, unknown>>(`SELECT agent_id, order_id, placed_by ->> 'via' AS via, extract(epoch FROM until - placed_at)::int / 60 AS minutes, placed_at >= engaged_at AND placed_at <= engaged_at + interval '5 seconds' AS from_the_press FROM session_hold JOIN switch_order o ON o.id = order_id ORDER BY until`);
    expect(holds).toEqual([
      { agent_id: one.agentId, order_id: first.json.order.id, via: 'stop_key', minutes: 10, from_the_press: true },
      { agent_id: other.agentId, order_id: plain.json.order.id, via: 'stop_key', minutes: 20, from_the_press: true },
    ]);
    expect(await owner.rows(`SELECT 1 FROM log.event WHERE type = 'switch.hold_placed'`)).toHaveLength(2);
  });

  it('signs all else past what the database will not take: a number of a key that a restore took away, a line that is none', async () => {
    await control.stop();
    const soon = new Date(Date.now() + 300_000).toISOString();
    const lines = [
      { line: 'used', used: { keyId: '019a0000-0000-7000-8000-00000000dead', nonce: 'gone', expiresAt: soon } },
      { line: 'used', used: { keyId: held.id, nonce: 'over', expiresAt: '2020-01-01T00:00:00.000Z' } },
      { line: 'engaged', entry: { id: 'no id', kind: 'stop', scope: 'global', actor: { kind: 'host', user: 'root' }, issuedAt: soon, orderJws: 'x' } },
      { line: 'used', used: { keyId: held.id, nonce: 'kept', expiresAt: soon } },
    ];
    appendFileSync(path.join(dataDir, 'control', 'journal.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    control = await start();
    const { json } = await engage(held.sign());
    await until(async () => (await owner.rows('SELECT 1 FROM switch_order WHERE id = $1 AND order_jws IS NOT NULL', [json.order.id])).length === 1);
    expect((await owner.rows<{ nonce: string }>(`SELECT nonce FROM stop_key_nonce WHERE nonce IN ('gone', 'over', 'kept')`)).map(({ nonce }) => nonce)).toEqual(['kept']);
    expect(await away()).toMatchObject({ database: 'ok', status: 'degraded' });
  });

  it('holds it to the roles that its person had when the database was last there', async () => {
    await owner.rows(`UPDATE person SET roles = '{analyst}' WHERE id = $1`, [ada.id]);
    await until(() => cached().includes('"analyst"'));
    link.cut();
    await until(async () => (await away()).database === 'away');
    expect((await engage(held.sign())).status).toBe(403);
    expect(await engage(held.sign({ scope: 'session', target: '019a0000-0000-7000-8000-000000000001' }))).toMatchObject({ status: 202, json: { durability: 'journal' } });
  });

  it('slows down what fails, and never what holds', async () => {
    const strangers = makeStopKey();
    const statuses = [];
    for (let i = 0; i < 30; i++) statuses.push((await engage(signStop(strangers.privateKey, { keyId: held.id }))).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(15);
    // A wrong clock behind the same address still hears what time it is, and then stops.
    expect(await engage(held.sign({ ts: '2001-01-01T00:00:00.000Z' }))).toMatchObject({ status: 400, json: { why: 'clock' } });
    for (let i = 0; i < 30; i++) expect((await engage(held.sign())).status).toBe(202);
  });

  it('answers the console\'s own pages across origins, and nobody else\'s', async () => {
    const { origin } = new URL(env().publicUrl);
    const preflight = (from: string, where = at()) => fetch(where, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
    const ours = await preflight(origin);
    expect(ours.status).toBe(204);
    expect(Object.fromEntries(['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-allow-credentials'].map((name) => [name, ours.headers.get(name)]))).toEqual({
      'access-control-allow-origin': origin, 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type', 'access-control-allow-credentials': null,
    });
    for (const from of ['https://evil.example', 'null', `${origin}.evil.example`, origin.toUpperCase()]) {
      const theirs = await preflight(from);
      expect([theirs.status, theirs.headers.get('access-control-allow-origin')], from).toEqual([404, null]);
      expect((await engage(held.sign({ ts: '2001-01-01T00:00:00.000Z' }), { origin: from })).headers.get('access-control-allow-origin')).toBeNull();
    }
    // The bearer's door is for scripts: no page reads it.
    expect((await preflight(origin, at().replace('-by-key', ''))).headers.get('access-control-allow-origin')).toBeNull();
    expect((await engage(held.sign(), { origin })).headers.get('access-control-allow-origin')).toBe(origin);
    expect((await engage({}, { origin })).headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('refuses bodies that are too large, too deep or no JSON, and lives on', async () => {
    for (const body of ['', '{', '[]', '{"keyId":1,"keyId":2}', '['.repeat(5_000), `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`]) expect((await engage(body)).status, body.slice(0, 30)).toBe(400);
    const big = await fetch(at(), { method: 'POST', body: 'x'.repeat(200_000) }).then((response) => response.status, () => 'closed');
    expect([400, 'closed']).toContain(big);
    expect((await engage(held.sign())).status).toBe(202);
    expect((await prisma().stopKey.count())).toBe(1);
  });
});
