import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sql, sqlOf } from '@/lib/db';
import { organisationEvent, record, sessionEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { createDataKey, payloadWrapper } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { carryOutErasures, changeRetention, countPayloads, eraseAged, eraseSession, listErasures, readPayloads, readPayloadsFor, revealPayload, sealValue, sessionErasure, type PayloadKind, type Retention } from './index';

const DAY = 86_400_000;
const TOKEN = `ghp_${'a1B2'.repeat(10)}`;
const keep: Retention = { args: null, input: null, output: null, rationale: null, plan: null };
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-payloads-'));
const worker = makeContext({ kind: 'system', process: 'worker' });
let db: TestDatabase;
let admin: Context;
let analyst: Context;
let viewer: Context;
const owner = () => sqlOf(pool(db.url));
const retention = () => db.urlAs('retention');

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATA_DIR = dataDir;
  // This process stands for the console, which may neither make a text nor destroy one.
  process.env.DATABASE_URL = db.urlAs('console');
  [admin, analyst, viewer] = await Promise.all([['Ada', 'admin'], ['Ann', 'analyst'], ['Vic', 'viewer']].map(async ([name, role]) => makeContext(await insertPerson(owner(), name!, [role!])))) as [Context, Context, Context];
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

type Text = { kind: PayloadKind; value: unknown; ageDays?: number };
/** A session as the gateway would have left it, with sealed texts in it. */
async function sessionWith(state: 'open' | 'closed' | 'lost', texts: readonly Text[]): Promise<{ id: string; agentId: string; payloads: string[] }> {
  const session = (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
  await owner().rows(`UPDATE session SET state = $2, ended_at = CASE WHEN $2 = 'closed' THEN now() END, lost_at = CASE WHEN $2 = 'lost' THEN now() - interval '3 days' END WHERE id = $1`, [session.id, state]);
  const { dataKey, wrapped } = await createDataKey(payloadWrapper(), session.id);
  await owner().rows('INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, $2, $3)', [session.id, wrapped.bytes, wrapped.keyId]);
  const rows = texts.map(({ kind, value, ageDays = 0 }) => ({ ...sealValue(session.id, dataKey, kind, value).row, created_at: new Date(Date.now() - ageDays * DAY).toISOString() }));
  await owner().rows(
    `INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) SELECT id, session_id, kind, decode(sealed, 'base64'), decode(salt, 'base64'), mac, bytes, created_at
     FROM json_to_recordset($1::json) AS p(id uuid, session_id uuid, kind text, sealed text, salt text, mac text, bytes int, created_at timestamptz)`, [JSON.stringify(rows)],
  );
  await record(owner(), worker, [sessionEvent(session.id, 'session.closed', { outcome: 'done', summary: null })]);
  return { ...session, payloads: rows.map(({ id }) => id) };
}

const eventsOf = async (sessionId: string, type: string) =>
  (await sql.rows<{ body: string }>('SELECT body FROM log.event WHERE stream = $1 AND type = $2 ORDER BY seq', [`session/${sessionId}`, type])).map(({ body }) => JSON.parse(body) as { actor: { id: string }; data: Record<string, unknown> });
const later = (ctx: Context, ms: number): Context => ({ ...ctx, now: () => new Date(Date.now() + ms) });

describe('reading texts', () => {
  it('is on the record once for a person, a session and ten minutes, however often and at once a page is drawn', async () => {
    const { id, payloads } = await sessionWith('open', [{ kind: 'args', value: { to: 'a@example.org' } }, { kind: 'input', value: 'a ticket' }]);
    const read = (ctx: Context, payloadIds = payloads) => readPayloadsFor(ctx, { sessionId: id, payloadIds, why: 'a test' });
    await Promise.all(Array.from({ length: 6 }, () => read(analyst)));
    expect((await read(analyst)).get(payloads[0]!)).toEqual({ kind: 'text', value: { to: 'a@example.org' }, hidden: 0 });
    expect(await eventsOf(id, 'payload.read')).toMatchObject([{ actor: { id: (analyst.actor as { id: string }).id }, data: { payloadIds: payloads, why: 'a test' } }]);
    await read(viewer, [payloads[1]!]);
    await read(viewer);
    // What another person read, and what this one had not read yet, is news.
    expect((await eventsOf(id, 'payload.read')).map(({ data }) => data.payloadIds)).toEqual([payloads, [payloads[1]], [payloads[0]]]);
    await read(later(analyst, 11 * 60_000));
    expect(await eventsOf(id, 'payload.read')).toHaveLength(4);
  });

  it('by the gate leaves nothing, and by somebody who may not is refused', async () => {
    const { id, payloads } = await sessionWith('open', [{ kind: 'args', value: {} }]);
    await readPayloads(id, payloads);
    await readPayloadsFor(worker, { sessionId: id, payloadIds: payloads, why: 'a test' });
    const nobody = makeContext({ ...(viewer.actor as Extract<Context['actor'], { kind: 'person' }>), roles: [] });
    await expect(readPayloadsFor(nobody, { sessionId: id, payloadIds: payloads, why: 'a test' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await eventsOf(id, 'payload.read')).toEqual([]);
    for (const about of [listErasures(nobody, 1), countPayloads(nobody), sessionErasure(nobody, id)]) await expect(about).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('hides detected secrets; seeing them takes a role, a reason and leaves an event of its own before they are shown', async () => {
    const args = { password: 'hunter2', body: `Use ${TOKEN} to sign in.`, to: 'a@example.org' };
    const { id, payloads } = await sessionWith('open', [{ kind: 'args', value: args }]);
    const shown = (await readPayloadsFor(analyst, { sessionId: id, payloadIds: payloads, why: 'a test' })).get(payloads[0]!);
    expect(shown).toEqual({ kind: 'text', value: { password: '[hidden]', body: 'Use [GitHub token hidden] to sign in.', to: 'a@example.org' }, hidden: 2 });
    const ask = { sessionId: id, payloadId: payloads[0]!, reason: 'the token must be revoked' };
    await expect(revealPayload(viewer, ask)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(revealPayload(makeContext({ kind: 'service_account', id: newId(), name: 'bot', roles: ['admin'], tokenId: newId() }), ask)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(revealPayload(analyst, { ...ask, reason: ' ' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(revealPayload(analyst, { ...ask, payloadId: newId() })).rejects.toMatchObject({ code: 'not_found' });
    expect(await eventsOf(id, 'payload.revealed')).toEqual([]);
    expect(await revealPayload(analyst, ask)).toEqual({ value: args });
    expect(await eventsOf(id, 'payload.revealed')).toMatchObject([{ data: { payloadId: payloads[0], kind: 'args', why: 'the token must be revoked' } }]);
    expect(JSON.stringify(await sql.rows('SELECT body FROM log.event WHERE stream = $1', [`session/${id}`]))).not.toContain(TOKEN);
  });
});

describe('erasing a session', () => {
  it('destroys texts, salts and key, says by whom and why in their place, and is done once by two workers', async () => {
    const { id, payloads } = await sessionWith('closed', [{ kind: 'args', value: { to: 'a' } }, { kind: 'output', value: 'b' }]);
    await expect(eraseSession(analyst, { sessionId: id, reason: 'a request' })).rejects.toMatchObject({ code: 'forbidden' });
    const asked = await eraseSession(admin, { sessionId: id, reason: 'the customer asked for it' });
    await expect(eraseSession(admin, { sessionId: id, reason: 'once more' })).rejects.toMatchObject({ code: 'conflict' });
    // Who asks can't do it: only the retention role has the grant.
    await expect(carryOutErasures(worker, db.urlAs('console'))).rejects.toThrow(/permission denied/);
    await expect(carryOutErasures(worker, db.urlAs('worker'))).rejects.toThrow(/permission denied/);
    const carried = (await Promise.all([carryOutErasures(worker, retention()), carryOutErasures(worker, retention())])).flat();
    expect(carried).toEqual([{ erasureId: asked.erasureId, sessionId: id, payloads: 2 }]);
    expect(await owner().rows('SELECT sealed, salt, erased_at IS NOT NULL AS erased, length(mac) > 0 AS mac FROM payload WHERE session_id = $1', [id])).toEqual([{ sealed: null, salt: null, erased: true, mac: true }, { sealed: null, salt: null, erased: true, mac: true }]);
    expect(await owner().rows('SELECT wrapped, erased_at IS NOT NULL AS erased FROM session_key WHERE session_id = $1', [id])).toEqual([{ wrapped: null, erased: true }]);
    expect((await readPayloadsFor(viewer, { sessionId: id, payloadIds: payloads, why: 'a test' })).get(payloads[1]!)).toMatchObject({ kind: 'erased', by: 'Ada', why: 'the customer asked for it', at: expect.stringContaining('T') });
    expect(await eventsOf(id, 'payload.erased')).toMatchObject([{ data: { payloads: 2, kinds: ['args', 'output'], key: true, by: { name: 'Ada' } } }]);
    // Nothing was there to be read, so nothing is said to have been.
    expect(await eventsOf(id, 'payload.read')).toEqual([]);
    await expect(revealPayload(analyst, { sessionId: id, payloadId: payloads[0]!, reason: 'to see it' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(eraseSession(admin, { sessionId: id, reason: 'once more' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is refused while the session runs or an approval needs its arguments', async () => {
    for (const state of ['open', 'lost'] as const) {
      const { id } = await sessionWith(state, [{ kind: 'args', value: {} }]);
      await expect(eraseSession(admin, { sessionId: id, reason: 'a request' })).rejects.toThrow(/has not ended.*Stop it first/);
    }
    const session = await sessionWith('closed', [{ kind: 'args', value: {} }]);
    await insertPendingApproval(owner(), session);
    await expect(eraseSession(admin, { sessionId: session.id, reason: 'a request' })).rejects.toThrow(/nobody has decided/);
    await expect(eraseSession(admin, { sessionId: newId(), reason: 'a request' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await owner().rows(`SELECT 1 FROM payload WHERE session_id = $1 AND sealed IS NULL`, [session.id])).toEqual([]);
  });
});

describe('retention', () => {
  it('destroys what has aged by its class, in sessions that are over, and the key where nothing is left', async () => {
    const closed = await sessionWith('closed', [{ kind: 'args', value: 1, ageDays: 40 }, { kind: 'args', value: 2, ageDays: 10 }, { kind: 'output', value: 3, ageDays: 40 }]);
    const emptied = await sessionWith('closed', [{ kind: 'args', value: 1, ageDays: 31 }]);
    const open = await sessionWith('open', [{ kind: 'args', value: 1, ageDays: 40 }]);
    const lost = await sessionWith('lost', [{ kind: 'args', value: 1, ageDays: 40 }]);
    expect(await eraseAged(worker, keep, retention())).toEqual({ payloads: 0, sessions: 0 });
    const rounds = await Promise.all([1, 2].map(() => eraseAged(worker, { ...keep, args: 30 }, retention())));
    expect(rounds.reduce((sum, one) => sum + one.payloads, 0)).toBe(3);
    const left = async (id: string) => (await owner().rows<{ n: number }>('SELECT count(*)::int AS n FROM payload WHERE session_id = $1 AND sealed IS NOT NULL', [id]))[0]!.n;
    const key = async (id: string) => (await owner().rows<{ there: boolean }>('SELECT wrapped IS NOT NULL AS there FROM session_key WHERE session_id = $1', [id]))[0]!.there;
    expect([await left(closed.id), await left(emptied.id), await left(open.id), await left(lost.id)]).toEqual([2, 0, 1, 0]);
    expect([await key(closed.id), await key(emptied.id), await key(open.id)]).toEqual([true, false, true]);
    expect(await eventsOf(closed.id, 'payload.erased')).toMatchObject([{ data: { payloads: 1, kinds: ['args'], key: false } }]);
    expect((await readPayloadsFor(viewer, { sessionId: closed.id, payloadIds: closed.payloads, why: 'a test' })).get(closed.payloads[0]!)).toMatchObject({ kind: 'erased', by: 'the clock', why: expect.stringContaining('settings') });
    expect((await listErasures(worker, 10)).filter(({ kind }) => kind === 'aged').reduce((sum, one) => sum + one.payloads, 0)).toBe(3);
  });

  it('is set by an administrator, within bounds, and that is on the record', async () => {
    await expect(changeRetention(analyst, { ...keep, args: 90 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(changeRetention(admin, { ...keep, args: 0 })).rejects.toMatchObject({ code: 'invalid' });
    expect(await changeRetention(admin, { ...keep, args: 90 })).toMatchObject({ args: 90, input: null });
    expect((await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'setting.changed' ORDER BY recorded_at`)).map(({ body }) => (JSON.parse(body) as { data: object }).data)).toMatchObject([{ key: 'retention', to: { args: 90 } }]);
  });

  it('destroys ten thousand texts in portions; the figure is printed', async () => {
    const SESSIONS = 100;
    const { sessions } = await insertFleet(owner(), { agents: 1, sessionsEach: SESSIONS });
    const ids = sessions.map(({ id }) => id);
    await owner().rows(`UPDATE session SET state = 'closed', ended_at = now() WHERE id = ANY($1::uuid[])`, [ids]);
    await owner().rows(`INSERT INTO session_key (session_id, wrapped, wrapping_key_id) SELECT id, 'wrapped', 'k' FROM unnest($1::uuid[]) AS id`, [ids]);
    await owner().rows(`INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) SELECT gen_random_uuid(), id, 'input', decode(repeat('ab', 500), 'hex'), 'salt', 'mac', 500, now() - interval '100 days' FROM unnest($1::uuid[]) AS id, generate_series(1, 100)`, [ids]);
    await record(owner(), worker, [organisationEvent('demo.stopped', { runId: 'r', why: 'w' }), ...ids.map((id) => sessionEvent(id, 'session.closed', { outcome: 'done', summary: null }))]);
    const since = performance.now();
    expect(await eraseAged(worker, { ...keep, input: 30 }, retention())).toEqual({ payloads: 10_000, sessions: SESSIONS });
    const took = performance.now() - since;
    process.stdout.write(`\n10,000 texts of ${SESSIONS} sessions erased in ${Math.round(took)} ms\n`);
    expect(await owner().rows(`SELECT count(*)::int AS n FROM session_key WHERE session_id = ANY($1::uuid[]) AND wrapped IS NOT NULL`, [ids])).toEqual([{ n: 0 }]);
    expect(await eventsOf(ids[7]!, 'payload.erased')).toMatchObject([{ data: { payloads: 100, key: true } }]);
  });
});
