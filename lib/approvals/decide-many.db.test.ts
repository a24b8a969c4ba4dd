import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSignIn } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { decideApproval, decideMany, leaveMany, readBulk, runningBulk, takeUpMany, workOffMany } from '.';
import { MOST_APPROVED } from './decide-many-rules';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  await sql.rows(`INSERT INTO bundle (sequence, sha256, body, jws, activated_at) VALUES (1, 'x', '{"tools": []}', 'x', now())`);
});
beforeEach(() => sql.rows('TRUNCATE bulk_decision, approval_signature, approval, action, session, instance, agent, sign_in, person CASCADE'));
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

const DIGEST = '0'.repeat(64);
const caller = { requestId: newId() };
const route = (more: object = {}) => ({ routes: ['r'], groups: [{ role: 'analyst', quorum: 1 }], decideByMs: 1, useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: false, risk: 'medium', ...more });

async function signedIn(name: string, roles = ['analyst']): Promise<Context> {
  const person = await insertPerson(sql, name, roles);
  await sql.rows(`UPDATE person SET created_at = now() - interval '30 days' WHERE id = $1`, [person.id]);
  const signInId = newId();
  await sql.rows(`INSERT INTO sign_in (id, person_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')`, [signInId, person.id]);
  return makeContext((await checkSignIn(makeContext({ kind: 'system', process: 'console' }), signInId)).actor);
}
const personOf = (ctx: Context) => { if (ctx.actor.kind !== 'person') throw new Error('not a person'); return ctx.actor; };

async function waiting(count: number, more: { risk?: string; shape?: string | null; route?: object; tool?: string; revision?: number } = {}): Promise<{ id: string; digest: string }[]> {
  const { sessions } = await insertFleet(sql, { agents: 1, sessionsEach: 4 });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await insertPendingApproval(sql, sessions[i % 4]!, more.tool)).approvalId);
  await sql.rows('UPDATE approval SET route = $2, shape = $3, risk = $4, revision = $5 WHERE id = ANY($1::uuid[])', [ids, JSON.stringify(route(more.route)), more.shape === undefined ? 'a' : more.shape, more.risk ?? 'medium', more.revision ?? 1]);
  return ids.map((id) => ({ id, digest: DIGEST }));
}
const states = async () => Object.fromEntries((await sql.rows<{ state: string; n: number }>('SELECT state, count(*)::int AS n FROM approval GROUP BY state')).map(({ state, n }) => [state, n]));
const events = async (type: string) => (await sql.rows<{ n: number }>('SELECT count(*)::int AS n FROM log.event WHERE type = $1', [type]))[0]!.n;

describe('a word on many', () => {
  it('denies all that a filter shows, each with its own event, and tells which somebody else had decided', async () => {
    const [ctx, other] = [await signedIn('Mara'), await signedIn('Tomas')];
    const items = await waiting(60);
    const before = await events('approval.denied');
    const bulk = await decideMany(ctx, { verdict: 'deny', all: { filter: { whose: 'all' }, until: new Date(Date.now() + 1_000).toISOString() }, reason: 'A loop.' });
    expect(bulk).toMatchObject({ state: 'running', total: 60, position: 0 });
    expect(await runningBulk(personOf(ctx))).toMatchObject({ id: bulk.id });
    // What is asked after the word was given is not part of it.
    const late = await waiting(1);
    await decideApproval(other, { approvalId: items[7]!.id, verdict: 'approve', digest: DIGEST });
    await workOffMany(bulk.id, caller);
    const done = (await readBulk(personOf(ctx), bulk.id))!;
    expect(done).toMatchObject({ state: 'done', total: 60, position: 60, recorded: 59, failures: [{ id: items[7]!.id, because: expect.stringContaining('Tomas approved this before you') }] });
    expect(await states()).toEqual({ denied: 59, approved: 1, pending: 1 });
    expect(await events('approval.denied') - before).toBe(59);
    expect((await sql.rows<{ state: string }>('SELECT state FROM approval WHERE id = $1', [late[0]!.id]))[0]!.state).toBe('pending');
    // It is nobody else's to read.
    expect(await readBulk(personOf(other), bulk.id)).toBeUndefined();
  });

  it('is gone on with after its process died, and by two at once, without deciding anything twice', async () => {
    const ctx = await signedIn('Mara');
    await waiting(55);
    const bulk = await decideMany(ctx, { verdict: 'deny', all: { filter: { whose: 'all' }, until: new Date(Date.now() + 1_000).toISOString() } });
    // Twelve were decided and the process died before it could say so.
    for (const { id } of (await sql.rows<{ id: string }>('SELECT id FROM approval ORDER BY decide_by, id LIMIT 12'))) await decideApproval(ctx, { approvalId: id, verdict: 'deny', digest: DIGEST });
    const before = await events('approval.denied');
    await Promise.all([workOffMany(bulk.id, caller), workOffMany(bulk.id, caller)]);
    expect(await readBulk(personOf(ctx), bulk.id)).toMatchObject({ state: 'done', recorded: 55, failures: [] });
    expect(await events('approval.denied') - before).toBe(43);
  });

  it('is taken up where it stands still, by one of those who press at once, and by nobody whose word it is not', async () => {
    const [ctx, other] = [await signedIn('Mara'), await signedIn('Tomas')];
    await waiting(3);
    const bulk = await decideMany(ctx, { verdict: 'deny', all: { filter: { whose: 'all' }, until: new Date(Date.now() + 1_000).toISOString() } });
    expect(await takeUpMany(ctx, bulk.id)).toMatchObject({ taken: false, bulk: { state: 'running' } });
    await sql.rows(`UPDATE bulk_decision SET moved_at = now() - interval '1 minute'`);
    expect(await readBulk(personOf(ctx), bulk.id)).toMatchObject({ state: 'stalled' });
    expect(await takeUpMany(other, bulk.id)).toBeUndefined();
    const pressed = await Promise.all([takeUpMany(ctx, bulk.id), takeUpMany(ctx, bulk.id)]);
    expect(pressed.map((up) => up?.taken).sort()).toEqual([false, true]);
    // Whoever pressed sees it moving at once, and so goes on looking.
    expect(pressed.map((up) => up?.bulk.state)).toEqual(['running', 'running']);
    await expect(takeUpMany(ctx, 'no id')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('ends when the person is signed out, and when they leave it; what waits goes on waiting', async () => {
    const ctx = await signedIn('Mara');
    await waiting(40);
    const all = { filter: { whose: 'all' as const }, until: new Date(Date.now() + 1_000).toISOString() };
    const first = await decideMany(ctx, { verdict: 'deny', all });
    await leaveMany(ctx, first.id);
    await workOffMany(first.id, caller);
    expect(await states()).toEqual({ pending: 40 });
    const second = await decideMany(ctx, { verdict: 'deny', all });
    await sql.rows('UPDATE sign_in SET revoked_at = now()');
    await workOffMany(second.id, caller);
    expect(await readBulk(personOf(ctx), second.id)).toMatchObject({ state: 'left', recorded: 0 });
    expect(await states()).toEqual({ pending: 40 });
  });

  it('approves up to twenty of one shape', async () => {
    const ctx = await signedIn('Mara');
    const items = await waiting(MOST_APPROVED);
    const bulk = await decideMany(ctx, { verdict: 'approve', items });
    await workOffMany(bulk.id, caller);
    expect(await readBulk(personOf(ctx), bulk.id)).toMatchObject({ state: 'done', recorded: MOST_APPROVED, failures: [] });
    expect(await states()).toEqual({ approved: MOST_APPROVED });
  });

  it('approves nothing across shapes, past twenty, critical, signed by passkey, changed, unknown or unnamed: by the verb, whatever a page says', async () => {
    const ctx = await signedIn('Mara');
    const refused = async (items: { id: string; digest: string }[], sentence: RegExp) => {
      await expect(decideMany(ctx, { verdict: 'approve', items })).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(sentence) });
    };
    await refused(await waiting(MOST_APPROVED + 1), /At most 20/);
    await refused([...await waiting(2), ...await waiting(1)], /2 shapes/);
    await refused([...await waiting(1, { risk: 'critical' })], /critical/);
    await refused([...await waiting(1, { route: { stepUp: true } })], /passkey/);
    await refused([...await waiting(1, { shape: null })], /not known/);
    await refused([...await waiting(1, { revision: 2 })], /changed/);
    await refused([...await waiting(1, { route: { reasonRequired: true } })], /reason/);
    const [one] = await waiting(1);
    await refused([one!, one!], /twice/);
    await expect(decideMany(ctx, { verdict: 'approve', all: { filter: {}, until: new Date().toISOString() } } as never)).rejects.toMatchObject({ code: 'invalid' });
    await expect(decideMany(await signedIn('Vera', ['viewer']), { verdict: 'deny', items: [one!] })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await sql.rows('SELECT 1 FROM bulk_decision')).toEqual([]);
    // A digest that no longer stands falls by itself, and is told.
    const items = await waiting(3);
    await sql.rows(`UPDATE approval SET digest = repeat('1', 64) WHERE id = $1`, [items[1]!.id]);
    const bulk = await decideMany(ctx, { verdict: 'approve', items });
    await workOffMany(bulk.id, caller);
    expect(await readBulk(personOf(ctx), bulk.id)).toMatchObject({ recorded: 2, failures: [{ id: items[1]!.id, because: expect.stringContaining('changed') }] });
  });
});
