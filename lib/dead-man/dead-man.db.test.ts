import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { armDeadMan, armedDeadMen, deadManOf, disarmDeadMan, fireDeadMen, heartbeat, nextFiringMs } from './index';

let db: TestDatabase;
let ada: Context;
let bob: Context;
let viewer: Context;
const owner = () => sqlOf(pool(db.url));
const worker = makeContext({ kind: 'system', process: 'worker' });
const control = makeContext({ kind: 'system', process: 'control' });
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  [ada, bob, viewer] = await Promise.all([['Ada', 'responder'], ['Bob', 'responder'], ['Vic', 'viewer']].map(async ([name, role]) => makeContext(await insertPerson(owner(), name!, [role!])))) as [Context, Context, Context];
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

/** Does it with the database role of another process. */
async function as<T>(role: 'worker' | 'control' | 'owner', work: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = role === 'owner' ? db.url : db.urlAs(role);
  try { return await work(); } finally { process.env.DATABASE_URL = db.urlAs('console'); }
}
const anAgent = async () => (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).agents[0]!;
const armed = async (action: 'pause' | 'stop' = 'stop', afterMinutes = 30) => { const agentId = await anAgent(); return { agentId, deadMan: await armDeadMan(ada, { agentId, action, afterMinutes }) }; };
/** Lets time pass for one of them. */
const silence = (id: string, minutes: number) => owner().rows('UPDATE dead_man SET seen_at = seen_at - make_interval(mins => $2) WHERE id = $1', [id, minutes]);
const events = async (type: string, id: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = 'org/switches' AND type = $1 AND body LIKE '%' || $2 || '%'`, [type, id])).map(({ body }) => JSON.parse(body) as { actor: { kind: string; id: string }; data: Record<string, unknown> });
const orders = (agentId: string) => owner().rows<{ id: string; kind: string; scope: string; reason: string }>('SELECT id, kind, scope, reason FROM switch_order WHERE target = $1', [agentId]);

describe('a dead-man switch', () => {
  it('is armed on the record, one at a time, and fires nothing before its time', async () => {
    const { agentId, deadMan } = await armed();
    expect(deadMan).toMatchObject({ scope: 'agent', target: agentId, action: 'stop', afterMinutes: 30, now: { state: 'armed' } });
    expect(Date.parse(deadMan.firesAt) - Date.parse(deadMan.armedAt)).toBe(30 * 60_000);
    expect(await events('dead_man.armed', deadMan.id)).toMatchObject([{ data: { target: agentId, action: 'stop', afterMinutes: 30 } }]);
    const others = await Promise.allSettled([ada, bob, ada].map((ctx) => armDeadMan(ctx, { agentId, action: 'pause', afterMinutes: 1 })));
    expect(others.every((one) => one.status === 'rejected' && (one.reason as { code: string }).code === 'conflict')).toBe(true);
    await silence(deadMan.id, 29);
    expect(await as('worker', () => fireDeadMen(worker))).toEqual([]);
    expect(await orders(agentId)).toEqual([]);
  });

  it('is armed once by several at once', async () => {
    const agentId = await anAgent();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => armDeadMan(bob, { agentId, action: 'pause', afterMinutes: 5 })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each(['pause', 'stop'] as const)('fires its %s once when nobody was here, whoever looks, control and worker at once', async (action) => {
    const { agentId, deadMan } = await armed(action);
    await silence(deadMan.id, 30);
    const fired = (await as(action === 'stop' ? 'worker' : 'control', () => Promise.all([worker, control, control].map(fireDeadMen)))).flat();
    expect(fired).toHaveLength(1);
    const standing = await orders(agentId);
    expect(standing).toMatchObject([{ id: fired[0], kind: action, scope: 'agent', reason: expect.stringContaining('nobody said for 30 minutes') }]);
    expect(standing[0]!.reason).toContain('Ada');
    expect(await events('dead_man.fired', deadMan.id)).toMatchObject([{ actor: { kind: 'system' }, data: { orderId: fired[0], action } }]);
    expect(await deadManOf('agent', agentId)).toMatchObject({ now: { state: 'fired', orderId: fired[0] } });
    await expect(heartbeat(ada, { id: deadMan.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(disarmDeadMan(ada, { id: deadMan.id })).rejects.toMatchObject({ code: 'conflict' });
    // Armed anew it is another one, and the order that stands is nobody's to undo here.
    expect((await armDeadMan(bob, { agentId, action, afterMinutes: 5 })).id).not.toBe(deadMan.id);
  });

  it('over the environment stops everything in it', async () => {
    const deadMan = await armDeadMan(ada, { action: 'stop', afterMinutes: 1 });
    expect(deadMan).toMatchObject({ scope: 'environment', target: 'local' });
    await silence(deadMan.id, 1);
    const [orderId] = await as('control', () => fireDeadMen(control));
    expect(await owner().rows('SELECT scope, environment, kind FROM switch_order WHERE id = $1', [orderId])).toEqual([{ scope: 'global', environment: 'local', kind: 'stop' }]);
  });

  it('waits anew when somebody says that they are here, and for nobody who comes late', async () => {
    const { agentId, deadMan } = await armed();
    await silence(deadMan.id, 29);
    const beat = await heartbeat(bob, { id: deadMan.id });
    expect(beat.kept).toMatchObject([{ id: deadMan.id, scope: 'agent' }]);
    expect(Date.parse(beat.kept[0]!.firesAt) - Date.parse(beat.at)).toBe(30 * 60_000);
    expect(await deadManOf('agent', agentId)).toMatchObject({ seenBy: { name: 'Bob' } });
    await silence(deadMan.id, 30);
    await expect(heartbeat(bob, { id: deadMan.id })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Too late') });
    await expect(disarmDeadMan(ada, { id: deadMan.id })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('fires now') });
    expect(await as('worker', () => fireDeadMen(worker))).toHaveLength(1);
  });

  it('that is disarmed in time fires no more', async () => {
    const { agentId, deadMan } = await armed();
    expect(await disarmDeadMan(bob, { id: deadMan.id })).toMatchObject({ now: { state: 'disarmed', by: { name: 'Bob' } } });
    expect(await events('dead_man.disarmed', deadMan.id)).toHaveLength(1);
    await silence(deadMan.id, 60);
    expect(await as('worker', () => fireDeadMen(worker))).toEqual([]);
    expect(await orders(agentId)).toEqual([]);
  });

  it('ends one way when heartbeats, a disarming and the clock meet at its last moment', async () => {
    for (let round = 0; round < 12; round++) {
      const { agentId, deadMan } = await armed('stop', 1);
      // Its time is over within milliseconds, while all of these are on their way.
      await owner().rows(`UPDATE dead_man SET seen_at = clock_timestamp() - interval '1 minute' + make_interval(secs => $2) WHERE id = $1`, [deadMan.id, round * 0.004]);
      const [, [disarmed], fired] = await as('owner', () => Promise.all([
        Promise.allSettled([heartbeat(ada, { id: deadMan.id }), heartbeat(bob, { id: deadMan.id })]), Promise.allSettled([disarmDeadMan(ada, { id: deadMan.id })]), fireDeadMen(worker),
      ]));
      const fate = (await deadManOf('agent', agentId))!;
      const standing = await orders(agentId);
      expect(standing).toHaveLength(fate.now.state === 'fired' ? 1 : 0);
      expect(fired.filter((id) => standing.some((order) => order.id === id))).toHaveLength(standing.length);
      expect(disarmed!.status === 'fulfilled').toBe(fate.now.state === 'disarmed');
      if (fate.now.state === 'armed') await disarmDeadMan(ada, { id: deadMan.id }).catch(() => {});
    }
  });

  it('knows when the next one is due', async () => {
    await owner().rows(`UPDATE dead_man SET state = 'disarmed' WHERE state = 'armed'`);
    expect(await nextFiringMs()).toBeUndefined();
    const { deadMan } = await armed('pause', 2);
    expect(await nextFiringMs()).toBeGreaterThan(100_000);
    expect((await armedDeadMen()).map(({ id }) => id)).toEqual([deadMan.id]);
    await silence(deadMan.id, 3);
    expect(await nextFiringMs()).toBe(0);
  });
});

describe('tending one', () => {
  it('takes a responder, or whoever owns the agent for theirs', async () => {
    const agentId = await anAgent();
    const input = { agentId, action: 'pause' as const, afterMinutes: 5 };
    await expect(armDeadMan(viewer, input)).rejects.toMatchObject({ code: 'forbidden' });
    await owner().rows('UPDATE agent SET owner_id = $2 WHERE id = $1', [agentId, (viewer.actor as { id: string }).id]);
    const deadMan = await armDeadMan(viewer, input);
    expect((await heartbeat(viewer)).kept.map(({ id }) => id)).toEqual([deadMan.id]);
    await disarmDeadMan(viewer, { id: deadMan.id });
    const { deadMan: another } = await armed();
    await expect(disarmDeadMan(viewer, { id: another.id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(heartbeat(viewer, { id: another.id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(armDeadMan(viewer, { action: 'pause', afterMinutes: 5 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(armDeadMan(ada, { agentId: newId(), action: 'pause', afterMinutes: 5 })).rejects.toMatchObject({ code: 'not_found' });
    for (const afterMinutes of [0, 10_081, 2.5]) await expect(armDeadMan(ada, { ...input, afterMinutes })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is nothing that a machine does: no token, service account, agent or ordinary control key is a person', async () => {
    const { deadMan } = await armed();
    const id = deadMan.id;
    const key = (scopes: string[], environments = ['*']) => makeContext({ kind: 'control_key', id: newId(), name: 'k', scopes, environments });
    const machines = [
      makeContext({ ...ada.actor, via: 'token' } as typeof ada.actor), makeContext({ kind: 'service_account', id: newId(), name: 's', roles: ['admin'], tokenId: newId() }),
      makeContext({ kind: 'agent', id: newId(), name: 'a', instanceId: 'i' }), key(['session', 'global']), key(['heartbeat'], ['elsewhere']), worker,
    ];
    for (const ctx of machines) await expect(heartbeat(ctx, { id }), ctx.actor.kind).rejects.toMatchObject({ code: 'forbidden' });
    for (const ctx of machines.slice(1)) await expect(disarmDeadMan(ctx, { id }), ctx.actor.kind).rejects.toMatchObject({ code: 'forbidden' });
    const [before] = await owner().rows('SELECT seen_at FROM dead_man WHERE id = $1', [id]);
    expect(before).toEqual({ seen_at: new Date(deadMan.seenAt) });
    expect((await as('control', () => heartbeat(key(['heartbeat']), { id }))).kept).toMatchObject([{ id }]);
    await expect(as('control', () => fireDeadMen(viewer))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
