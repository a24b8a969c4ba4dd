import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeSetting } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { startJobs, type RunningJobs } from '@/lib/jobs';
import { usualAlertRules, type AlertRule } from '@/lib/policies/schema';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { AlertKeeper } from './alert-keeper';
import { carryOutActs } from './carry-out-acts';
import { followFindings } from './follow-findings';
import { closeAlert } from './close-alert';
import { getAlert } from './queries';
import { canary, eventsOf, followAll, injection, seeInput } from './testing';

let db: TestDatabase;
let link: DatabaseLink;
let ada: Context;
const worker = makeContext({ kind: 'system', process: 'worker' });
const owner = () => sqlOf(pool(db.url));
const running: RunningJobs[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  link = await createDatabaseLink(db.urlAs('worker'));
  process.env.DATABASE_URL = link.url;
  ada = makeContext(await insertPerson(owner(), 'Ada', ['admin']));
});
afterEach(async () => { await Promise.all(running.splice(0).map((jobs) => jobs.stop())); });
afterAll(async () => {
  await closePrisma();
  await closePools();
  await link.stop();
  await db.drop();
});
// Whatever an earlier test left is read, so that each begins at the end of the log.
beforeEach(async () => { await followAll(); await carryOutActs(worker); });

const session = async () => (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
const alertsOf = (sessionId: string) => owner().rows<{ id: string; rule: string; state: string; count: number; evidence: unknown[]; previous_id: string | null }>('SELECT id, rule, state, count, evidence, previous_id FROM alert WHERE session_id = $1 ORDER BY raised_at, id', [sessionId]);
const ordersOver = (sessionId: string) => owner().rows<{ kind: string; reason: string }>(`SELECT kind, reason FROM switch_order WHERE scope = 'session' AND target = $1`, [sessionId]);
const actsOver = (sessionId: string) => owner().rows<{ act: string; outcome: string | null }>('SELECT act, outcome FROM alert_act WHERE session_id = $1 ORDER BY due_at, id', [sessionId]);
const constrained = async (sessionId: string) => (await owner().rows<{ on: boolean }>('SELECT constrained_at IS NOT NULL AS "on" FROM session WHERE id = $1', [sessionId]))[0]!.on;
/** Runs the worker's job as the worker does, on the notices of the log. */
const startWorkers = async (count: number, rules: readonly AlertRule[] = usualAlertRules) => {
  for (let i = 0; i < count; i++) running.push(await startJobs([new AlertKeeper(worker, { read: async () => rules })], pino({ level: 'silent' })));
};
const soon = (check: () => Promise<void>, timeout = 30_000) => vi.waitFor(check, { timeout, interval: 20 });

describe('following the log', () => {
  it('makes one alert of what is seen again and again, and names where; the text itself is nowhere in it', async () => {
    const one = await session();
    const first = await seeInput(db.url, one, [injection()]);
    await seeInput(db.url, one, []);
    await seeInput(db.url, one, [injection({ path: '/rows/1' }), injection({ severity: 'low', kind: 'direct' })]);
    await followAll();
    const [alert, ...more] = await alertsOf(one.id);
    expect([alert, more]).toMatchObject([{ rule: 'injection-high', state: 'open', count: 2, evidence: [{ seq: first, type: 'input.added', span: [3, 14], times: 1 }, { seq: first + 2, path: '/rows/1' }] }, []]);
    process.env.DATABASE_URL = db.urlAs('console');
    expect(await getAlert(alert!.id)).toMatchObject({ severity: 'high', atlas: [{ id: 'AML.T0051' }], owasp: [{ id: 'ASI01' }], state: { kind: 'open' }, agentId: one.agentId });
    process.env.DATABASE_URL = link.url;
    expect((await eventsOf(db.url, 'alert.raised')).filter(({ data }) => data.sessionId === one.id)).toMatchObject([{ actor: { kind: 'system', id: 'worker' }, data: { alertId: alert!.id, rule: 'injection-high', seq: first, agentId: one.agentId } }]);
    await followAll();
    expect((await alertsOf(one.id))[0]!.count).toBe(2);
  });

  it('counts each finding once, with two workers at it while it is written', async () => {
    const sessions = (await insertFleet(owner(), { agents: 2, sessionsEach: 3 })).sessions;
    await startWorkers(2);
    await Promise.all(sessions.map(async (one) => { for (let i = 0; i < 10; i++) await seeInput(db.url, one, [injection(), injection({ kind: 'hidden' })]); }));
    await soon(async () => {
      for (const one of sessions) expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([10, 10]);
    });
    // And nobody counts on afterwards.
    await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
    await followAll();
    for (const one of sessions) expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([10, 10]);
    expect((await eventsOf(db.url, 'alert.raised')).filter(({ data }) => sessions.some(({ id }) => id === data.sessionId))).toHaveLength(12);
  });

  it('begins where it was when a worker ends in the middle: nothing of its page is kept, and nothing lost', async () => {
    const one = await session();
    for (let i = 0; i < 3; i++) await seeInput(db.url, one, [injection()]);
    // It ends after it has counted and before it has said how far it read.
    await owner().rows(`CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the worker ends here'; END $$`);
    await owner().rows('CREATE TRIGGER ends_here BEFORE UPDATE ON alert_cursor FOR EACH ROW EXECUTE FUNCTION fail_here()');
    try {
      // Until it comes to them: a transaction of another test holds the feed back.
      await expect(followAll()).rejects.toThrow('the worker ends here');
    } finally {
      await owner().rows('DROP TRIGGER ends_here ON alert_cursor');
      await owner().rows('DROP FUNCTION fail_here()');
    }
    expect(await alertsOf(one.id)).toEqual([]);
    await followAll();
    expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([3]);
  });

  it('loses nothing that was written while the worker had no database', async () => {
    const one = await session();
    await startWorkers(2);
    await seeInput(db.url, one, [injection()]);
    await soon(async () => expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([1]));
    link.cut();
    for (let i = 0; i < 4; i++) await seeInput(db.url, one, [injection()]);
    await link.restore();
    await soon(async () => expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([5]));
  });

  it('leaves a late commit its place: what a long transaction holds back is counted when it is over', async () => {
    const [early, late] = [await session(), await session()];
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await seeInput(db.url, early, [injection()], sqlOf(client));
      await seeInput(db.url, late, [injection()]);
      expect((await followFindings(worker, usualAlertRules)).unsettled).toBe(true);
      expect([await alertsOf(early.id), await alertsOf(late.id)]).toEqual([[], []]);
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
    await followAll();
    expect([(await alertsOf(early.id)).length, (await alertsOf(late.id)).length]).toEqual([1, 1]);
  });

  it('goes on by name after its place was numbered anew, as in a restored database', async () => {
    const one = await session();
    await seeInput(db.url, one, [injection()]);
    await followAll();
    const [cursor] = await owner().rows<{ stream: string; seq: bigint }>('SELECT stream, seq FROM alert_cursor');
    expect(cursor!.stream).toMatch(/^(session|org)\//);
    const [moved] = await owner().rows<{ at: Date }>(`UPDATE alert_cursor SET stream = 'session/gone', seq = 1, at = (SELECT max(recorded_at) FROM log.event) RETURNING at`);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(moved!.at.getTime()), { timeout: 30_000, interval: 1 });
    await seeInput(db.url, one, [injection()]);
    await followAll();
    expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([2]);
  });

  it('raises a new alert once the old one is closed, which names it', async () => {
    const one = await session();
    await seeInput(db.url, one, [injection()]);
    await followAll();
    const [first] = await alertsOf(one.id);
    process.env.DATABASE_URL = db.urlAs('console');
    await closeAlert(ada, { alertId: first!.id, as: 'benign' });
    process.env.DATABASE_URL = link.url;
    await seeInput(db.url, one, [injection()]);
    await followAll();
    expect(await alertsOf(one.id)).toMatchObject([{ id: first!.id, state: 'closed', count: 1 }, { state: 'open', count: 1, previous_id: first!.id }]);
  });
});

describe('what a rule does at once', () => {
  it('stops the session over its canary, once, by either of two workers', async () => {
    const one = await session();
    await startWorkers(2);
    const seq = await seeInput(db.url, one, [canary()]);
    await soon(async () => expect(await ordersOver(one.id)).toHaveLength(1));
    await soon(async () => expect(await actsOver(one.id)).toEqual([{ act: 'stop', outcome: 'done' }]));
    await seeInput(db.url, one, [canary()]);
    await soon(async () => expect((await alertsOf(one.id)).map(({ count }) => count)).toEqual([2]));
    expect(await ordersOver(one.id)).toMatchObject([{ kind: 'stop', reason: `Stopped by the detector canary: canary leaked, event ${seq} (alert rule canary)` }]);
    expect((await eventsOf(db.url, 'alert.acted')).filter(({ data }) => data.sessionId === one.id)).toMatchObject([{ data: { act: 'stop', outcome: 'done', rule: 'canary', seq } }]);
  });

  it('waits for no transaction elsewhere', async () => {
    const one = await session();
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      await startWorkers(1);
      await seeInput(db.url, one, [canary()]);
      await soon(async () => expect(await ordersOver(one.id)).toHaveLength(1));
      expect(await alertsOf(one.id)).toEqual([]);
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
    await soon(async () => expect(await alertsOf(one.id)).toMatchObject([{ rule: 'canary', count: 1 }]));
    expect(await actsOver(one.id)).toEqual([{ act: 'stop', outcome: 'done' }]);
  });

  it('holds a session to less, says so in its own record, and does it once', async () => {
    const one = await session();
    const seq = await seeInput(db.url, one, [injection()]);
    await followAll();
    expect(await constrained(one.id)).toBe(false);
    await carryOutActs(worker);
    expect(await constrained(one.id)).toBe(true);
    await seeInput(db.url, one, [injection()]);
    await followAll();
    expect(await carryOutActs(worker)).toEqual([]);
    expect((await eventsOf(db.url, 'session.constrained')).filter(({ stream }) => stream === `session/${one.id}`)).toMatchObject([{ data: { rule: 'injection-high', detector: 'injection', kind: 'direct', seq } }]);
  });

  it('pauses, also again after somebody let it go on, and suggests an incident that no stop would', async () => {
    const one = await session();
    const rules = usualAlertRules.filter(({ id }) => id === 'egress-critical');
    const bad = { detector: 'egress', kind: 'data_in_url', severity: 'critical' as const };
    const seq = await seeInput(db.url, one, [bad]);
    await followAll(rules);
    expect(await carryOutActs(worker)).toEqual([{ act: 'pause', outcome: 'done' }]);
    await seeInput(db.url, one, [bad]);
    await followAll(rules);
    expect(await carryOutActs(worker)).toEqual([{ act: 'pause', outcome: 'standing' }]);
    await owner().rows(`UPDATE switch_order SET state = 'released', release_jws = 'x', released_at = clock_timestamp() WHERE target = $1`, [one.id]);
    await seeInput(db.url, one, [bad]);
    await followAll(rules);
    expect(await carryOutActs(worker)).toEqual([{ act: 'pause', outcome: 'done' }]);
    expect((await ordersOver(one.id)).map(({ kind }) => kind)).toEqual(['pause', 'pause']);
    expect((await eventsOf(db.url, 'incident.suggested')).filter(({ data }) => data.sessionId === one.id)).toMatchObject([{ data: { rule: 'egress-critical', seq } }]);
  });

  it('keeps to the measure of detectors, leaves the rest to a person, and then suggests the incident itself', async () => {
    await changeSetting(ada, 'detector_stops_a_minute', 0);
    const one = await session();
    await seeInput(db.url, one, [canary()]);
    await followAll();
    expect(await carryOutActs(worker)).toEqual([{ act: 'stop', outcome: 'withheld' }]);
    expect(await ordersOver(one.id)).toEqual([]);
    expect((await eventsOf(db.url, 'incident.suggested')).filter(({ data }) => data.sessionId === one.id)).toHaveLength(1);
    await changeSetting(ada, 'detector_stops_a_minute', 5);
  });

  it('does nothing to a session that has ended, and says so', async () => {
    const one = await session();
    await owner().rows(`UPDATE session SET state = 'closed', ended_at = clock_timestamp() WHERE id = $1`, [one.id]);
    await seeInput(db.url, one, [canary(), injection()]);
    await followAll();
    await carryOutActs(worker);
    expect((await actsOver(one.id)).map(({ outcome }) => outcome)).toEqual(['over', 'over']);
    expect([await ordersOver(one.id), await constrained(one.id)]).toEqual([[], false]);
  });

  it('is taken up by another worker where one ended with it in hand, and is done once by two at once', async () => {
    const sessions = (await insertFleet(owner(), { agents: 1, sessionsEach: 4 })).sessions;
    for (const one of sessions) await seeInput(db.url, one, [canary()]);
    await followAll();
    const [mine, theirs] = await Promise.all([carryOutActs(worker), carryOutActs(worker)]);
    expect([...mine, ...theirs]).toEqual(sessions.map(() => ({ act: 'stop', outcome: expect.stringMatching(/^(done|withheld)$/) as string })));
    for (const one of sessions) expect(await actsOver(one.id)).toHaveLength(1);
  });
});
