import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { learnBaselines, readBaseline } from './index';

let db: TestDatabase;
const owner = () => sqlOf(pool(db.url));
const ctx = makeContext({ kind: 'system', process: 'worker' });
beforeAll(async () => {
  db = await createTestDatabase();
  // As the worker itself: what it may not do in the database it cannot do here either.
  process.env.DATABASE_URL = db.urlAs('worker');
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

type Shape = { state?: string; endedDaysAgo?: number; calls?: number; code?: string; decision?: string; findings?: unknown[] };

/** Sessions of one agent that ended some time ago, each with calls of a tool. */
async function ended(count: number, shape: Shape = {}, agentId?: string): Promise<{ agentId: string; ids: string[] }> {
  const fleet = await insertFleet(owner(), { agents: 1, sessionsEach: count });
  const agent = agentId ?? fleet.agents[0]!;
  const ids = fleet.sessions.map(({ id }) => id);
  await owner().rows(
    `UPDATE session SET agent_id = $2, state = $3, opened_at = clock_timestamp() - make_interval(days => $4, mins => 5), ended_at = clock_timestamp() - make_interval(days => $4) WHERE id = ANY($1::uuid[])`, [ids, agent, shape.state ?? 'closed', shape.endedDaysAgo ?? 1]);
  const actions = ids.flatMap((id) => Array.from({ length: shape.calls ?? 3 }, (_, i) => ({ id: newId(), session: id, seq: i + 1 })));
  await owner().rows(
    `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, decided_at)
     SELECT x.id, x.session, $4, x.id::text, 'search', repeat('0', 64), $5, $6, 'a reason', jsonb_build_object('costE4', 0, 'findings', $7::jsonb), 'v1', x.seq, clock_timestamp() FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS x(id, session, seq)`,
    [actions.map((one) => one.id), actions.map((one) => one.session), actions.map((one) => one.seq), agent, shape.decision ?? 'allow', shape.code ?? 'policy.permit', JSON.stringify(shape.findings ?? [])]);
  return { agentId: agent, ids };
}

const baselineOf = async (agentId: string) => (await owner().rows<{ version: number; sessions: number; calls: number; summary: { figures: { calls: { median: number } } } }>('SELECT version, sessions, calls, summary FROM behaviour_baseline WHERE agent_id = $1', [agentId]))[0];
const events = async (agentId: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'agent.baseline_learned' ORDER BY seq`)).map(({ body }) => (JSON.parse(body) as { data: { agentId: string; version: number; sessions: number } }).data).filter((data) => data.agentId === agentId);

describe('learning', () => {
  it('makes one baseline an agent, on the record, and changes nothing when there is nothing new', async () => {
    const { agentId } = await ended(6);
    expect(await learnBaselines(ctx)).toMatchObject({ sessions: 6, baselines: 1 });
    expect(await baselineOf(agentId)).toMatchObject({ version: 1, sessions: 6, calls: 18, summary: { figures: { calls: { median: 3 } } } });
    expect(await learnBaselines(ctx)).toEqual({ sessions: 0, baselines: 0 });
    expect((await baselineOf(agentId))!.version).toBe(1);
    await ended(1, { calls: 5 }, agentId);
    await learnBaselines(ctx, { since: new Date(Date.now() - 3 * 86_400_000) });
    expect(await baselineOf(agentId)).toMatchObject({ version: 2, sessions: 7, calls: 23 });
    expect(await events(agentId)).toMatchObject([{ version: 1, sessions: 6 }, { version: 2, sessions: 7 }]);
  });

  it('looks at what ended lately alone, where it is told so', async () => {
    const { agentId } = await ended(5, { endedDaysAgo: 2 });
    expect(await learnBaselines(ctx, { since: new Date(Date.now() - 86_400_000) })).toEqual({ sessions: 0, baselines: 0 });
    expect(await baselineOf(agentId)).toBeUndefined();
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 5 });
  });

  it('is done once by two workers at once', async () => {
    const { agentId } = await ended(12);
    const done = await Promise.all([learnBaselines(ctx), learnBaselines(ctx)]);
    expect(done.reduce((sum, one) => sum + one.sessions, 0)).toBe(12);
    await learnBaselines(ctx);
    // However they met, the last word is about all of them, and each version was written by one.
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 12 });
    const written = await events(agentId);
    expect(written.map(({ version }) => version)).toEqual(written.map((_, i) => i + 1));
  });

  it('is the worker’s alone', async () => {
    await expect(learnBaselines(makeContext({ kind: 'system', process: 'supervisor' }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(learnBaselines(makeContext({ kind: 'person', id: newId(), name: 'Ada', email: 'ada@example.org', roles: ['admin'], via: 'console' }))).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('only clean sessions count', () => {
  it.each<[string, Shape]>([
    ['stopped ones', { state: 'stopped' }], ['open ones', { state: 'open' }], ['lost ones', { state: 'lost' }],
    ['those in which text was blocked', { code: 'inspect.blocked', decision: 'deny' }], ['those in which a source was blocked', { code: 'provenance.blocked', decision: 'deny' }],
    ['those in which an injection was refused', { code: 'policy.forbid', decision: 'deny', findings: [{ detector: 'injection', kind: 'instruction', severity: 'high' }] }],
  ])('not %s', async (_name, shape) => {
    const { agentId } = await ended(5);
    await ended(3, { ...shape, calls: 90 }, agentId);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 5, calls: 15 });
  });

  it('not those that a detector wanted stopped, also when that is found out later', async () => {
    const { agentId, ids } = await ended(7);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ version: 1, sessions: 7 });
    await owner().rows(`INSERT INTO detector_stop (id, detector, session_id, reason, at) VALUES ($1, 'worker x', $2, 'a reason', clock_timestamp())`, [newId(), ids[0]]);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ version: 2, sessions: 6 });
  });

  it('not those with an alert, unless it was closed as benign', async () => {
    const { agentId, ids } = await ended(7);
    const alert = (sessionId: string, closedAs: string | null) => owner().rows(
      `INSERT INTO alert (id, rule, severity, act, detector, kind, agent_id, session_id, state, count, first_at, last_at, raised_at, evidence, closed_as, closed_at)
       VALUES ($1, 'r', 'high', 'queue', 'injection', 'k', $2, $3, CASE WHEN $4::text IS NULL THEN 'open' ELSE 'closed' END, 1, now(), now(), now(), '[]', $4, CASE WHEN $4::text IS NULL THEN NULL ELSE now() END)`, [newId(), agentId, sessionId, closedAs]);
    await alert(ids[0]!, null);
    await alert(ids[1]!, 'true');
    await alert(ids[2]!, 'benign');
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 5 });
    await owner().rows(`UPDATE alert SET state = 'closed', closed_as = 'benign', closed_at = now() WHERE session_id = $1`, [ids[0]]);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ version: 2, sessions: 6 });
  });

  it('not those in which an input was blocked', async () => {
    const { agentId, ids } = await ended(6);
    const body = JSON.stringify({ data: { verdict: 'blocked', content: { bytes: 1 } } });
    await owner().rows(`INSERT INTO log.event (stream, seq, month, id, type, recorded_at, body, hash) VALUES ($1, 1, date_trunc('month', now())::date, $2, 'input.added', now(), $3, repeat('0', 64))`, [`session/${ids[0]}`, newId(), body]);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 5 });
    expect(await learnBaselines(ctx)).toEqual({ sessions: 0, baselines: 0 });
  });

  it('not those whose texts were erased: what was learned from them goes as well', async () => {
    const { agentId, ids } = await ended(6);
    await learnBaselines(ctx);
    await owner().rows(`INSERT INTO session_key (session_id, wrapped, wrapping_key_id, erased_at) VALUES ($1, NULL, 'k', clock_timestamp())`, [ids[0]]);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ version: 2, sessions: 5 });
    expect(await owner().rows('SELECT 1 FROM behaviour_session WHERE session_id = $1', [ids[0]])).toEqual([]);
  });
});

describe('the window', () => {
  it('lets go of what is older than thirty days, and forgets it', async () => {
    const { agentId, ids } = await ended(6);
    await learnBaselines(ctx);
    await owner().rows(`UPDATE session SET ended_at = ended_at - interval '40 days' WHERE id = ANY($1::uuid[])`, [ids.slice(0, 2)]);
    await owner().rows(`UPDATE behaviour_session SET ended_at = ended_at - interval '40 days' WHERE session_id = ANY($1::uuid[])`, [ids.slice(0, 2)]);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ version: 2, sessions: 4 });
    expect(await owner().rows('SELECT 1 FROM behaviour_session WHERE agent_id = $1', [agentId])).toHaveLength(4);
    expect(await readBaseline(agentId)).toMatchObject({ version: 2, history: { kind: 'none', why: 'too_few' } });
  });

  it('holds the last two hundred sessions', async () => {
    const { agentId } = await ended(205, { calls: 1, endedDaysAgo: 3 });
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 200 });
    await ended(10, { calls: 4 }, agentId);
    await learnBaselines(ctx);
    expect(await baselineOf(agentId)).toMatchObject({ sessions: 200, calls: 190 + 40 });
  });
});

it('is read once a version', async () => {
  const { agentId } = await ended(5);
  expect(await readBaseline(agentId)).toMatchObject({ version: 0, history: { kind: 'none' } });
  expect(await readBaseline(agentId, 0)).toBe('unchanged');
  await learnBaselines(ctx);
  expect(await readBaseline(agentId, 0)).toMatchObject({ version: 1, history: { kind: 'known', view: { sessions: 5, calls: 15 } } });
  expect(await readBaseline(agentId, 1)).toBe('unchanged');
  await owner().rows(`UPDATE behaviour_baseline SET summary = '{}' WHERE agent_id = $1`, [agentId]);
  expect(await readBaseline(agentId)).toMatchObject({ history: { kind: 'none', why: 'unavailable' } });
});
