import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlertKeeper } from '@/lib/alerts';
import { makeContext, type Actor, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { startJobs, type RunningJobs } from '@/lib/jobs';
import { usualAlertRules } from '@/lib/policies/schema';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { decideApproval } from './decide-approval';
import { escalateApproval } from './escalate-approval';
import { RouteKeeper } from './route-keeper';
import type { AskedRoute } from './schema';

let db: TestDatabase;
const worker = makeContext({ kind: 'system', process: 'worker' });
const owner = () => sqlOf(pool(db.url));
const running: RunningJobs[] = [];
const people: Record<string, Extract<Actor, { kind: 'person' }>> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  for (const [name, role] of [['Ana', 'analyst'], ['Rex', 'responder'], ['Rita', 'responder'], ['Adam', 'admin']] as const) people[name] = await insertPerson(owner(), name, [role]);
});
afterEach(async () => { await Promise.all(running.splice(0).map((jobs) => jobs.stop())); });
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

/** Which database role the product has in this test: the worker's for what its clock does, the console's where people decide as well, with a worker beside that has all rights. */
const as = (role: 'worker' | 'console' | 'owner') => { process.env.DATABASE_URL = role === 'owner' ? db.url : db.urlAs(role); };
beforeEach(() => as('owner'));

const startWorkers = async (count: number) => {
  for (let i = 0; i < count; i++) running.push(await startJobs([new RouteKeeper(worker), new AlertKeeper(worker, { read: async () => usualAlertRules })], pino({ level: process.env.DEBUG_JOBS ?? 'silent' })));
};
const stopWorkers = () => Promise.all(running.splice(0).map((jobs) => jobs.stop()));
const route = (over: Partial<AskedRoute> = {}): AskedRoute => ({ routes: ['desk'], groups: [{ role: 'responder', quorum: 1 }], decideByMs: 60_000, useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: true, risk: 'high', escalation: [], notify: [], ...over });
const tier = (afterMs: number, role: string, quorum = 1) => ({ afterMs, groups: [{ role, quorum }], notify: [`to-${role}`] });

/** A question as the gateway writes it. */
async function ask(of: AskedRoute, over: { ownerId?: string } = {}): Promise<string> {
  const { sessions: [session] } = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
  await owner().rows('INSERT INTO log.stream (id) VALUES ($1) ON CONFLICT DO NOTHING', [`session/${session!.id}`]);
  if (over.ownerId) await owner().rows('UPDATE agent SET owner_id = $2 WHERE id = $1', [session!.agentId, over.ownerId]);
  const { approvalId } = await insertPendingApproval(owner(), session!);
  await owner().rows(`UPDATE approval SET route = $2, requested_at = clock_timestamp(), decide_by = clock_timestamp() + make_interval(secs => $3), route_judged_at = NULL WHERE id = $1`, [approvalId, JSON.stringify(of), of.decideByMs / 1_000]);
  await owner().rows('SELECT pg_notify($1, $2)::text', ['cs_log', JSON.stringify({ streams: [`session/${session!.id}`] })]);
  return approvalId;
}
type Row = { tier: number; unmet: string | null; judged: boolean; lateMs: number | null; decideByMs: number; sessionId: string };
const row = async (id: string): Promise<Row> => (await owner().rows<Row>(
  `SELECT tier, unmet, route_judged_at IS NOT NULL AS judged, extract(epoch FROM escalated_at - requested_at)::float * 1000 AS "lateMs", extract(epoch FROM decide_by - requested_at)::float * 1000 AS "decideByMs", session_id AS "sessionId" FROM approval WHERE id = $1`, [id]))[0]!;
const events = async (id: string) => (await owner().rows<{ type: string; body: string }>(
  `SELECT e.type, e.body FROM log.event e WHERE e.stream = 'session/' || (SELECT session_id FROM approval WHERE id = $1) AND e.type LIKE 'approval.%' ORDER BY e.seq`, [id])).map(({ type, body }) => ({ type, data: (JSON.parse(body) as { data: Record<string, unknown> }).data }));
const decide = (who: Actor, id: string) => decideApproval(makeContext(who), { approvalId: id, verdict: 'approve', digest: '0'.repeat(64) });
const until = (check: () => Promise<void>, timeout = 30_000) => vi.waitFor(check, { timeout, interval: 50 });

describe('with two workers', () => {
  beforeEach(() => as('worker'));
  it('takes a question up at its time, once, and leaves its end where it was', async () => {
    await startWorkers(2);
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(route({ escalation: [tier(1_200 + 90 * i, 'admin'), tier(2_400 + 90 * i, 'analyst')] }))));
    await until(async () => expect((await Promise.all(ids.map(row))).map((one) => one.tier)).toEqual(ids.map(() => 2)));
    for (const [i, id] of ids.entries()) {
      const one = await row(id);
      // Of the second one; the first came before it, as the events say.
      expect(one.lateMs).toBeGreaterThanOrEqual(2_400 + 90 * i);
      expect(one.lateMs).toBeLessThan(2_400 + 90 * i + 20_000);
      expect(one.decideByMs).toBeCloseTo(60_000, -2);
      expect(await events(id)).toMatchObject([
        { type: 'approval.escalated', data: { tier: 1, to: '1 of admin', why: 'time', notify: ['to-admin'] } },
        { type: 'approval.escalated', data: { tier: 2, to: '1 of analyst', why: 'time', notify: ['to-analyst'] } },
      ]);
    }
    console.info(`escalated ${Math.max(...(await Promise.all(ids.map(row))).map((one, i) => one.lateMs! - 2_400 - 90 * i)).toFixed(0)} ms after its time at worst`);
  });

  it('goes on where it was when no worker was there, tier by tier', async () => {
    const id = await ask(route({ escalation: [tier(150, 'admin'), tier(300, 'analyst'), tier(50_000, 'viewer')] }));
    await until(async () => expect((await owner().rows<{ over: boolean }>(`SELECT clock_timestamp() > requested_at + interval '400 milliseconds' AS over FROM approval WHERE id = $1`, [id]))[0]!.over).toBe(true));
    // The tier may decide whether a worker has said so or not.
    await startWorkers(2);
    await until(async () => expect((await row(id)).tier).toBe(2));
    expect((await events(id)).map(({ data }) => data.tier)).toEqual([1, 2]);
    await stopWorkers();
    await startWorkers(1);
    await until(async () => expect((await owner().rows<{ at: Date | null }>('SELECT escalate_at AS at FROM approval WHERE id = $1', [id]))[0]!.at).not.toBeNull());
    expect((await events(id)).map(({ data }) => data.tier)).toEqual([1, 2]);
  });
});

describe('who decides', () => {
  beforeEach(() => as('console'));
  it('is the tier from its moment on, whether or not a worker is there to say so', async () => {
    const id = await ask(route({ groups: [{ role: 'admin', quorum: 1 }], escalation: [tier(400, 'analyst')] }));
    await expect(decide(people.Ana!, id)).rejects.toThrow(/This waits for 1 of admin; you have the role analyst/);
    await until(async () => expect(await decide(people.Ana!, id)).toMatchObject({ state: 'approved' }));
    expect(await row(id)).toMatchObject({ tier: 0 });
  });

  it('takes two of one role and one of another, by distinct persons', async () => {
    await owner().rows(`INSERT INTO team (id, name, description, created_at) VALUES (gen_random_uuid(), 'security', '', now()) ON CONFLICT DO NOTHING`);
    const id = await ask(route({ groups: [{ role: 'responder', quorum: 2 }, { team: 'security', quorum: 1 }] }));
    const security = { ...people.Ana!, teams: ['security'] };
    expect(await decide(people.Rex!, id)).toMatchObject({ state: 'partially_approved', stillNeeded: ['1 of responder', '1 of security'] });
    await expect(decide(people.Rex!, id)).rejects.toThrow(/signed this already/);
    expect(await decide(security, id)).toMatchObject({ state: 'partially_approved', stillNeeded: ['1 of responder'] });
    expect(await decide(people.Rita!, id)).toMatchObject({ state: 'approved', stillNeeded: [] });
  });

  it('is one person by their address', async () => {
    const id = await ask(route({ groups: [{ person: 'rita@example.org', quorum: 1 }] }));
    await expect(decide(people.Adam!, id)).rejects.toThrow(/This waits for 1 of rita@example.org/);
    expect(await decide(people.Rita!, id)).toMatchObject({ state: 'approved' });
  });
});

describe('sent up by a person', () => {
  it('goes once, however many press, and does not move what comes after', async () => {
    await startWorkers(1);
    const id = await ask(route({ groups: [{ role: 'admin', quorum: 1 }], escalation: [tier(30_000, 'analyst'), tier(45_000, 'responder')] }));
    const press = (who: Context) => escalateApproval(who, { approvalId: id, tier: 1 });
    const pressed = await Promise.allSettled([press(makeContext(people.Ana!)), press(makeContext(people.Rex!))]);
    expect(pressed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(pressed.find((one) => one.status === 'rejected')).toMatchObject({ reason: { message: 'It has gone to 1 of analyst already.' } });
    expect((await events(id)).map(({ data }) => [data.tier, data.why])).toEqual([[1, 'person']]);
    const [{ nextMs }] = await owner().rows<{ nextMs: number }>('SELECT extract(epoch FROM escalate_at - requested_at)::float * 1000 AS "nextMs" FROM approval WHERE id = $1', [id]) as [{ nextMs: number }];
    expect(nextMs).toBeCloseTo(45_000, -2);
    await expect(escalateApproval(makeContext(people.Ana!), { approvalId: id, tier: 3 })).rejects.toThrow(/goes to 1 of responder first/);
    expect(await decide(people.Ana!, id)).toMatchObject({ state: 'approved' });
    await expect(press(makeContext(people.Rex!))).rejects.toThrow(/approved this before you/);
  });

  it('is refused for whoever may not, and where there is nobody further up', async () => {
    const id = await ask(route());
    const viewer = await insertPerson(owner(), 'Vic', ['viewer']);
    await expect(escalateApproval(makeContext(viewer), { approvalId: id, tier: 1 })).rejects.toThrow(/needs the role analyst/);
    await expect(escalateApproval(makeContext(people.Ana!), { approvalId: id, tier: 1 })).rejects.toThrow(/nobody further up/);
  });
});

describe('a route that cannot be met', () => {
  const alerts = async (id: string) => owner().rows<{ rule: string; severity: string }>('SELECT rule, severity FROM alert WHERE session_id = (SELECT session_id FROM approval WHERE id = $1)', [id]);

  it('says so at once, goes to the next tier that can, and calls a person', async () => {
    await startWorkers(2);
    const id = await ask(route({ groups: [{ team: 'nobody-there', quorum: 1 }], escalation: [tier(20_000, 'admin', 3), tier(30_000, 'responder')] }));
    await until(async () => expect((await row(id)).tier).toBe(2));
    const one = await row(id);
    expect(one.lateMs).toBeLessThan(15_000);
    expect(one.unmet).toBe('Too few people may decide this as it was asked (1 of nobody-there): it lacks 1 of nobody-there. So it went to 1 of responder at once.');
    expect(await events(id)).toMatchObject([
      { type: 'approval.route_unmet', data: { escalatedTo: 2, what: one.unmet, routes: ['desk'] } },
      { type: 'approval.escalated', data: { tier: 2, why: 'unmet', to: '1 of responder', notify: ['to-admin', 'to-responder'] } },
    ]);
    await until(async () => expect(await alerts(id)).toEqual([{ rule: 'route-unmet', severity: 'high' }]));
    expect(await decide(people.Rex!, id)).toMatchObject({ state: 'approved' });
  });

  it('does not count whoever it would be their own', async () => {
    as('worker');
    await startWorkers(1);
    const id = await ask(route({ groups: [{ person: 'adam@example.org', quorum: 1 }], ownerCounts: false }), { ownerId: people.Adam!.id });
    await until(async () => expect((await row(id)).unmet).toMatch(/it lacks adam@example.org. Nobody further up can either/));
    expect((await events(id)).map(({ type }) => type)).toEqual(['approval.route_unmet']);
  });

  it('is found out again when people change', async () => {
    as('worker');
    await startWorkers(2);
    const guard = await insertPerson(owner(), 'Gus', ['responder']);
    const id = await ask(route({ groups: [{ person: 'gus@example.org', quorum: 1 }], escalation: [tier(50_000, 'admin')] }));
    await until(async () => expect(await row(id)).toMatchObject({ judged: true, unmet: null, tier: 0 }));
    await owner().rows(`UPDATE person SET state = 'deactivated' WHERE id = $1`, [guard.id]);
    await until(async () => expect(await row(id)).toMatchObject({ tier: 1, unmet: expect.stringContaining('it lacks gus@example.org') }));
    await owner().rows(`UPDATE person SET state = 'active' WHERE id = $1`, [guard.id]);
    await until(async () => expect(await row(id)).toMatchObject({ tier: 1, unmet: null }));
    expect((await events(id)).map(({ type }) => type)).toEqual(['approval.route_unmet', 'approval.escalated']);
  });
});
