import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { carryOutActs } from './carry-out-acts';
import { acknowledgeAlert, alertedSessions, assignAlert, closeAlert, countAlerts, endMute, getAlert, labelsByRule, listAlerts, muteAlerts, openAlertCounts } from './index';
import { canary, eventsOf, followAll, injection, seeInput } from './testing';

let db: TestDatabase;
let ann: Context;
let ben: Context;
let rob: Context;
let vic: Context;
const owner = () => sqlOf(pool(db.url));
const worker = makeContext({ kind: 'system', process: 'worker' });
const account = makeContext({ kind: 'service_account', id: newId(), name: 'siem', roles: ['admin'], tokenId: newId() });
let session: { id: string; agentId: string };
let alertId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  const person = async (name: string, role: 'viewer' | 'analyst' | 'responder') => makeContext(await insertPerson(owner(), name, [role]));
  [ann, ben, rob, vic] = [await person('Ann', 'analyst'), await person('Ben', 'analyst'), await person('Rob', 'responder'), await person('Vic', 'viewer')] as [Context, Context, Context, Context];
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

/** As the worker, whose role alone may raise. */
async function asWorker<T>(work: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = db.urlAs('worker');
  try { return await work(); } finally { process.env.DATABASE_URL = db.urlAs('console'); }
}
const follow = () => asWorker(() => followAll());
const idOf = (ctx: Context) => (ctx.actor as { id: string }).id;
beforeEach(async () => {
  session = (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
  await seeInput(db.url, session, [injection()]);
  await follow();
  alertId = (await listAlerts({ tab: 'all', sessionId: session.id, limit: 1 }))[0]!.id;
});
const of = async (type: string) => (await eventsOf(db.url, type)).filter(({ data }) => data.alertId === alertId || data.agentId === session.agentId);
const fulfilled = (outcomes: PromiseSettledResult<unknown>[]) => outcomes.filter(({ status }) => status === 'fulfilled').length;

describe('an alert', () => {
  it('is acknowledged by one of two who press at once, and the other is told', async () => {
    const outcomes = await Promise.allSettled([ann, ben].map((ctx) => acknowledgeAlert(ctx, { alertId })));
    expect(fulfilled(outcomes)).toBe(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict', data: { state: 'acknowledged', by: { kind: 'person' } } } });
    expect(await of('alert.acknowledged')).toHaveLength(1);
    expect((await getAlert(alertId))!.state).toMatchObject({ kind: 'acknowledged' });
  });

  it('is given to oneself or to somebody who may handle it, and to nobody else', async () => {
    expect(await assignAlert(ann, { alertId })).toMatchObject({ to: idOf(ann) });
    expect(await assignAlert(ann, { alertId, to: idOf(ben) })).toMatchObject({ to: idOf(ben) });
    for (const to of [idOf(vic), newId()]) await expect(assignAlert(ann, { alertId, to })).rejects.toMatchObject({ code: 'invalid' });
    await expect(assignAlert(account, { alertId })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await getAlert(alertId))!.state).toMatchObject({ kind: 'assigned', to: { id: idOf(ben), name: 'Ben' }, by: { name: 'Ann' } });
    expect((await listAlerts({ tab: 'mine', personId: idOf(ben), limit: 10 })).map(({ id }) => id)).toEqual([alertId]);
    expect((await of('alert.assigned')).map(({ data }) => data.to)).toEqual([idOf(ann), idOf(ben)]);
  });

  it('is closed once, with what it was, by one of two at once; and that is final', async () => {
    const outcomes = await Promise.allSettled([closeAlert(ann, { alertId, as: 'true', note: ' phishing in a ticket ' }), closeAlert(ben, { alertId, as: 'benign' })]);
    expect(fulfilled(outcomes)).toBe(1);
    expect(await of('alert.closed')).toMatchObject([{ data: { rule: 'injection-high', detector: 'injection', kind: 'direct', count: 1 } }]);
    for (const act of [() => acknowledgeAlert(ann, { alertId }), () => assignAlert(ann, { alertId }), () => closeAlert(ann, { alertId, as: 'benign' })]) await expect(act()).rejects.toMatchObject({ code: 'conflict' });
    expect((await listAlerts({ tab: 'open', sessionId: session.id, limit: 10 }))).toEqual([]);
  });

  it('counts on while it is looked at, and a close that comes at the same time loses nothing', async () => {
    await acknowledgeAlert(ann, { alertId });
    await seeInput(db.url, session, [injection(), injection({ path: '/x' })]);
    // One address for both: each process's own role is what the other tests go by.
    process.env.DATABASE_URL = db.url;
    try { await Promise.all([followAll(), closeAlert(ben, { alertId, as: 'true' })]); } finally { process.env.DATABASE_URL = db.urlAs('console'); }
    const all = await listAlerts({ tab: 'all', sessionId: session.id, limit: 10 });
    expect(all.reduce((sum, one) => sum + one.count, 0)).toBe(3);
    expect([[3], [1, 2]]).toContainEqual(all.map(({ count }) => count).sort());
  });

  it('is read by a viewer, handled from analyst up, muted by people from responder up', async () => {
    expect((await getAlert(alertId))!.id).toBe(alertId);
    for (const act of [() => acknowledgeAlert(vic, { alertId }), () => assignAlert(vic, { alertId }), () => closeAlert(vic, { alertId, as: 'true' }), ...[vic, ann, account].map((ctx) => () => muteAlerts(ctx, { alertId, forMs: 3_600_000, why: 'w' }))]) {
      await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(closeAlert(ann, { alertId, as: 'whatever' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(closeAlert(ann, { alertId: newId(), as: 'true' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await closeAlert(account, { alertId, as: 'benign' })).toMatchObject({ state: 'closed' });
  });
});

describe('a mute', () => {
  it('is placed once by two at once, keeps its alerts apart, and ends by itself', async () => {
    const outcomes = await Promise.allSettled([1, 2].map(() => muteAlerts(rob, { alertId, forMs: 3_600_000, why: 'a known scanner' })));
    expect(fulfilled(outcomes)).toBe(1);
    expect(await of('alert.muted')).toMatchObject([{ data: { rule: 'injection-high', agentId: session.agentId, why: 'a known scanner' } }]);
    const open = () => listAlerts({ tab: 'open', sessionId: session.id, limit: 10 });
    expect(await open()).toEqual([]);
    // Gathered and counted all the same, and of another kind as well.
    await seeInput(db.url, session, [injection(), injection({ kind: 'hidden' })]);
    await follow();
    expect((await listAlerts({ tab: 'muted', sessionId: session.id, limit: 10 })).map(({ kind, count }) => [kind, count]).sort()).toEqual([['direct', 2], ['hidden', 1]]);
    expect((await alertedSessions(500)).map(({ sessionId }) => sessionId)).not.toContain(session.id);
    await owner().rows(`UPDATE alert_mute SET until = clock_timestamp() WHERE agent_id = $1`, [session.agentId]);
    expect((await open()).map(({ mute }) => mute)).toEqual([null, null]);
    expect((await alertedSessions(500)).find(({ sessionId }) => sessionId === session.id)).toMatchObject({ alerts: 2, severity: 'high' });
  });

  it('is ended before its time by a person, once', async () => {
    const { muteId } = await muteAlerts(rob, { alertId, forMs: 3_600_000, why: 'w' });
    await expect(endMute(ann, { muteId })).rejects.toMatchObject({ code: 'forbidden' });
    expect(fulfilled(await Promise.allSettled([endMute(rob, { muteId }), endMute(rob, { muteId })]))).toBe(1);
    expect(await of('alert.unmuted')).toHaveLength(1);
    expect((await listAlerts({ tab: 'open', sessionId: session.id, limit: 10 }))).toHaveLength(1);
    await muteAlerts(rob, { alertId, forMs: 3_600_000, why: 'again' });
  });

  it('keeps no rule from acting: a canary under it still stops the session', async () => {
    await seeInput(db.url, session, [canary()]);
    await follow();
    const [one] = await listAlerts({ tab: 'open', sessionId: session.id, rule: 'canary', limit: 1 });
    await muteAlerts(rob, { alertId: one!.id, forMs: 3_600_000, why: 'w' });
    await asWorker(() => carryOutActs(worker));
    const orders = await owner().rows(`SELECT 1 FROM switch_order WHERE target = $1 AND kind = 'stop'`, [session.id]);
    expect(orders).toHaveLength(1);
  });
});

describe('what is counted', () => {
  it('is a tab’s own, and the labels are by rule, detector and kind', async () => {
    const before = { counts: await countAlerts(idOf(ann)), open: await openAlertCounts(), labels: await labelsByRule(new Date(0)) };
    await assignAlert(ann, { alertId });
    await seeInput(db.url, session, [canary()]);
    await follow();
    await closeAlert(ann, { alertId, as: 'benign' });
    const after = { counts: await countAlerts(idOf(ann)), open: await openAlertCounts(), labels: await labelsByRule(new Date(0)) };
    expect([after.counts.all - before.counts.all, after.counts.open - before.counts.open, after.counts.closed - before.counts.closed, after.counts.mine - before.counts.mine]).toEqual([1, 0, 1, 0]);
    // One is open instead of another, and this one is critical.
    expect(after.open).toEqual({ ...before.open, critical: before.open.critical + 1 });
    const benign = (labels: typeof after.labels) => labels.find((one) => one.rule === 'injection-high' && one.kind === 'direct')?.benign ?? 0;
    expect(benign(after.labels) - benign(before.labels)).toBe(1);
  });

  it('is paged in the order it was raised, and held to a filter', async () => {
    const all = await listAlerts({ tab: 'all', order: 'raised', limit: 200 });
    const [first, second] = all;
    expect((await listAlerts({ tab: 'all', order: 'raised', after: first!.id, limit: 1 })).map(({ id }) => id)).toEqual([second!.id]);
    expect((await listAlerts({ tab: 'all', severity: 'low', limit: 10 }))).toEqual([]);
    expect((await listAlerts({ tab: 'all', state: 'closed', detector: 'injection', limit: 200 })).every(({ state, detector }) => state.kind === 'closed' && detector === 'injection')).toBe(true);
  });
});
