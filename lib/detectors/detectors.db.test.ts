import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSetting } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { acknowledgeAlert, openAlerts, stopByDetector } from './index';

let db: TestDatabase;
let admin: Context;
let analyst: Context;
const owner = () => sqlOf(pool(db.url));
const worker = makeContext({ kind: 'system', process: 'worker' });
const account = (id = newId(), roles: ('responder' | 'viewer')[] = ['responder']) => makeContext({ kind: 'service_account', id, name: 'siem', roles, tokenId: newId() });
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  admin = makeContext(await insertPerson(owner(), 'Ada', ['admin']));
  analyst = makeContext(await insertPerson(owner(), 'Ann', ['analyst']));
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

const sessions = async (count: number) => (await insertFleet(owner(), { agents: 1, sessionsEach: count })).sessions.map(({ id }) => id);
const ask = (ctx: Context, sessionId: string, detector = 'runaway-cost') => stopByDetector(ctx, { detector, sessionId, reason: 'it spends without end' });
const events = async (type: string) => (await owner().rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY seq', [type])).map(({ body }) => JSON.parse(body) as { actor: { id: string; kind: string }; data: Record<string, unknown> });
const ordersOver = (ids: string[]) => owner().rows<{ target: string }>(`SELECT target FROM switch_order WHERE scope = 'session' AND target = ANY($1)`, [ids]);

describe('a detector', () => {
  it('stops one session, on the record in its own name', async () => {
    const [id] = await sessions(1);
    const siem = account();
    const stopped = await ask(siem, id!);
    expect(stopped).toMatchObject({ outcome: 'stopped' });
    expect((await events('detector.stopped')).at(-1)).toMatchObject({ actor: { kind: 'service_account' }, data: { detector: 'runaway-cost', sessionId: id, orderId: (stopped as { orderId: string }).orderId } });
    const [order] = await owner().rows('SELECT scope, kind, reason FROM switch_order WHERE target = $1', [id]);
    expect(order).toEqual({ scope: 'session', kind: 'stop', reason: 'Stopped by the detector runaway-cost: it spends without end' });
    // What stands answers, and takes nothing of the measure.
    expect(await ask(siem, id!)).toEqual({ outcome: 'standing', orderId: (stopped as { orderId: string }).orderId });
  });

  it('is a process of ours or a service account that may stop; people and tokens have the button', async () => {
    const [id] = await sessions(1);
    for (const ctx of [analyst, admin, account(newId(), ['viewer']), makeContext({ kind: 'agent', id: newId(), name: 'a', instanceId: 'i' }), makeContext({ kind: 'control_key', id: newId(), name: 'k', scopes: ['session'], environments: ['*'] })]) await expect(ask(ctx, id!)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(stopByDetector(worker, { detector: 'x', sessionId: id, reason: 'r', scope: 'global' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask(worker, newId())).rejects.toMatchObject({ code: 'not_found' });
    await owner().rows(`UPDATE session SET state = 'closed' WHERE id = $1`, [id]);
    await expect(ask(worker, id!)).rejects.toMatchObject({ code: 'conflict' });
    expect(await ordersOver([id!])).toEqual([]);
  });

  it('stops no more in a minute than it may, however many it wants at once; all others make one alert', async () => {
    const ids = await sessions(24);
    const siem = account();
    const before = (await events('detector.alert_raised')).length;
    const outcomes = await Promise.all(ids.map((id, i) => ask(siem, id, `detector-${i % 3}`)));
    expect(outcomes.filter(({ outcome }) => outcome === 'stopped')).toHaveLength(5);
    expect(await ordersOver(ids)).toHaveLength(5);
    const alerts = new Set(outcomes.flatMap((one) => (one.outcome === 'withheld' ? [one.alertId] : [])));
    expect(alerts.size).toBe(1);
    expect((await events('detector.alert_raised')).length - before).toBe(1);
    const [alertId] = alerts;
    expect(await openAlerts()).toMatchObject([{ id: alertId, withheld: { length: 19 }, more: 0 }]);
    // Asking again for the same sessions adds nothing.
    await Promise.all(ids.map((id) => ask(siem, id)));
    expect((await openAlerts())[0]!.withheld).toHaveLength(19);
  });

  it('has a measure of its own, which comes back with time and is the administrator’s to set', async () => {
    const ids = await sessions(8);
    await Promise.all(ids.slice(0, 6).map((id) => ask(worker, id, 'one')));
    expect(await ordersOver(ids)).toHaveLength(5);
    expect(await ask(worker, ids[6]!, 'another')).toMatchObject({ outcome: 'stopped' });
    await owner().rows(`UPDATE detector_stop SET at = at - interval '1 minute' WHERE detector = 'worker one'`);
    expect(await ask(worker, ids[7]!, 'one')).toMatchObject({ outcome: 'stopped' });
    await changeSetting(admin, 'detector_stops_a_minute', 0);
    const [id] = await sessions(1);
    expect(await ask(worker, id!, 'third')).toMatchObject({ outcome: 'withheld' });
    await changeSetting(admin, 'detector_stops_a_minute', 5);
  });
});

describe('an alert', () => {
  it('is looked at once, by a person who could stop; the next one beyond the measure is a new one', async () => {
    await changeSetting(admin, 'detector_stops_a_minute', 0);
    const [one, two] = await sessions(2);
    const first = (await ask(worker, one!, 'looked')) as { alertId: string };
    const viewer = makeContext(await insertPerson(owner(), 'Vic', ['viewer']));
    await expect(acknowledgeAlert(viewer, first)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(acknowledgeAlert(account(), { alertId: first.alertId })).rejects.toMatchObject({ code: 'forbidden' });
    const outcomes = await Promise.allSettled([analyst, admin, analyst].map((ctx) => acknowledgeAlert(ctx, { alertId: first.alertId })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await events('detector.alert_acknowledged')).at(-1)).toMatchObject({ data: { alertId: first.alertId, detector: 'looked', withheld: 1 } });
    expect((await openAlerts()).map(({ id }) => id)).not.toContain(first.alertId);
    const second = (await ask(worker, two!, 'looked')) as { alertId: string };
    expect(second.alertId).not.toBe(first.alertId);
    await changeSetting(admin, 'detector_stops_a_minute', 5);
  });
});
