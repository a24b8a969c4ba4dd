import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, type Fleet } from '@/lib/testing/fleet';
import { createSupervisorKey, noteSupervisors, recordConnected, recordExit, type ExitSaid, type SeenSupervisor } from '.';

let database: TestDatabase;
let fleet: Fleet;
let keyId: string;
const [A, B] = [newId(), newId()];

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});
beforeEach(async () => {
  fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
  keyId = (await createSupervisorKey(makeContext({ kind: 'host', user: 'root' }), { agent: fleet.agents[0]!, name: 'eu-1' })).id;
});

const by = () => makeContext({ kind: 'supervisor', id: keyId, instanceId: fleet.instances[0]! });
const at = (ms: number) => new Date(Date.now() + ms);
const run = (runId: string | null, more: Partial<SeenSupervisor> = {}): SeenSupervisor => ({ agentId: fleet.agents[0]!, instanceId: fleet.instances[0]!, keyId, runId, links: 2, pid: 7, containment: 'pidns', onControlLoss: 'kill', connectedAt: at(0), seenAt: at(0), holdsUntil: at(15_000), ...more });
const end = (runId: string | null, more: Partial<ExitSaid> = {}): ExitSaid => ({ agentId: fleet.agents[0]!, instanceId: fleet.instances[0]!, keyId, runId, orderId: null, exitedAt: at(0).toISOString(), heardAt: at(0), evidence: 'pidns-empty', code: null, signal: null, ...more });
const events = async () => (await sql.rows<{ type: string }>(`SELECT type FROM log.event WHERE type LIKE 'supervisor.%' AND body LIKE $1 ORDER BY seq`, [`%${fleet.instances[0]}%`])).map((row) => row.type);
const row = async () => (await sql.rows<{ runId: string; exitEvidence: string | null; holdsUntil: Date; controls: string[] }>('SELECT run_id AS "runId", exit_evidence AS "exitEvidence", holds_until AS "holdsUntil", controls FROM supervisor WHERE instance_id = $1', [fleet.instances[0]]))[0]!;

describe('what several control processes write of one supervisor', () => {
  it('is one coming, whoever is first, and holds for the longest that any of them says', async () => {
    const runId = newId();
    const furthest = at(40_000);
    await Promise.all([...Array(8).keys()].map((n) => recordConnected(by(), run(runId, { connectedAt: at(n % 2 ? 300 : -300), holdsUntil: n === 3 ? furthest : at(n * 1_000) }), n % 2 ? A : B)));
    expect(await events()).toEqual(['supervisor.connected']);
    // The one that saw it come first goes on telling of it, and is heard.
    for (const [control, connectedAt] of [[A, at(300)], [B, at(-300)], [A, at(300)]] as const) {
      await noteSupervisors(sql, [run(runId, { connectedAt, holdsUntil: at(20_000) })], control);
      expect((await row()).holdsUntil).toEqual(furthest);
    }
    await noteSupervisors(sql, [run(runId, { connectedAt: at(-300), holdsUntil: at(60_000) })], B);
    expect((await row()).holdsUntil.getTime()).toBeGreaterThan(at(55_000).getTime());
    expect((await row()).controls).toEqual([A, B].sort());
  });

  it('is one end, however often and from wherever it is told', async () => {
    const runId = newId();
    await Promise.all([recordConnected(by(), run(runId), A), recordConnected(by(), run(runId), B)]);
    await Promise.all([...Array(8).keys()].map(() => recordExit(by(), end(runId))));
    await recordExit(by(), end(runId, { evidence: 'group-exited' }));
    expect(await events()).toEqual(['supervisor.connected', 'supervisor.exited']);
    expect(await row()).toMatchObject({ exitEvidence: 'pidns-empty' });
  });

  it('is one end, told before the order that led to it is in the database and once more after: the later word proves the stop', async () => {
    const [runId, orderId] = [newId(), newId()];
    const session = fleet.sessions[0]!.id;
    await recordConnected(by(), run(runId), A);
    expect(await recordExit(by(), end(runId, { orderId }))).toBe(0);
    await sql.rows(`INSERT INTO switch_order (id, kind, scope, target, engaged_by, engaged_at, generation) VALUES ($1, 'stop', 'session', $2, '{}', now(), 0)`, [orderId, session]);
    await sql.rows('INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at) VALUES ($1, $2, $3, clock_timestamp())', [orderId, session, fleet.instances[0]]);
    expect(await recordExit(by(), end(runId))).toBe(1);
    expect(await sql.rows('SELECT state, exit_evidence AS evidence FROM switch_target WHERE order_id = $1', [orderId])).toEqual([{ state: 'exited', evidence: 'pidns-empty' }]);
    expect(await events()).toEqual(['supervisor.connected', 'supervisor.exited']);
  });

  it('stays an end, although another control process, by a clock that is ahead, notes later that it was there', async () => {
    const runId = newId();
    await recordConnected(by(), run(runId), A);
    await recordExit(by(), end(runId));
    await recordConnected(by(), run(runId, { connectedAt: at(2_000) }), B);
    await noteSupervisors(sql, [run(runId, { connectedAt: at(2_000) })], B);
    expect(await row()).toMatchObject({ runId, exitEvidence: 'pidns-empty' });
    expect(await events()).toEqual(['supervisor.connected', 'supervisor.exited']);
  });

  it('tells a later run from an earlier one, also by the same process id and by clocks that are apart', async () => {
    const [first, second] = [newId(), newId()];
    await recordConnected(by(), run(first), A);
    await recordExit(by(), end(first, { heardAt: at(3_000) }));
    await recordConnected(by(), run(second, { connectedAt: at(100) }), B);
    expect(await row()).toMatchObject({ runId: second, exitEvidence: null, controls: [B] });
    expect(await events()).toEqual(['supervisor.connected', 'supervisor.exited', 'supervisor.connected']);
    // The end of the first comes once more, from a control process that was away: it is not the end of the second.
    await recordExit(by(), end(first));
    expect(await row()).toMatchObject({ runId: second, exitEvidence: null });
    // Nor does a late sight of the first take its place.
    await noteSupervisors(sql, [run(first, { connectedAt: at(-10_000) })], A);
    expect(await row()).toMatchObject({ runId: second });
  });

  it('goes on knowing supervisors that do not say which run they are, by when they came', async () => {
    await recordConnected(by(), run(null, { connectedAt: at(-5_000) }), A);
    await recordExit(by(), end(null, { heardAt: at(-3_000) }));
    await recordConnected(by(), run(null, { connectedAt: at(-4_000) }), A);
    expect(await row()).toMatchObject({ exitEvidence: 'pidns-empty' });
    await recordConnected(by(), run(null, { connectedAt: at(-1_000) }), A);
    expect(await row()).toMatchObject({ exitEvidence: null });
  });

  it('holds up nobody: several connections of one deployment at once, and many deployments in any order', async () => {
    const runId = newId();
    await noteSupervisors(sql, [run(runId, { holdsUntil: at(30_000) }), run(runId, { connectedAt: at(50), holdsUntil: at(10_000) }), run(newId(), { connectedAt: at(-50) })], A);
    expect(await row()).toMatchObject({ runId });
    expect((await row()).holdsUntil.getTime()).toBeGreaterThan(at(25_000).getTime());
    const many = [...Array(200).keys()].map((n) => run(runId, { instanceId: `many-${n}` }));
    await Promise.all([...Array(12).keys()].map((n) => noteSupervisors(sql, n % 2 ? many : [...many].reverse(), n % 2 ? A : B)));
    expect(await sql.rows(`SELECT count(*)::int AS n FROM supervisor WHERE instance_id LIKE 'many-%' AND cardinality(controls) = 2`)).toEqual([{ n: 200 }]);
  });
});
