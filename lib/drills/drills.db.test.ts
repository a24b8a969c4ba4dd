import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAgent } from '@/lib/agents';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import type { NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { controlKeysFrom, engageSwitch, listStandingOrders, signAndFence, StandingReader } from '@/lib/switches';
import { readOrders } from '@/lib/switches/internal';
import { noteUnconfirmed } from '@/lib/switches/settle-targets';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { DrillKeeper, drillStanding, finishDrill, getDrill, listDrills, runDrill } from '.';
import { prepareDrillAgent, retireDrillAgent } from './drill-agent';
import type { RogueFound } from './drill-rogue';
import { rogueKinds } from './schema';
import { keepOn, noteFound, notePressed, takeUp } from './take-up';

let db: TestDatabase;
let ada: Context;
let bob: Context;
let ann: Context;
const owner = () => sqlOf(pool(db.url));
const worker = makeContext({ kind: 'system', process: 'worker' });
const control = makeContext({ kind: 'system', process: 'control' });
const keeper = { id: newId(), host: 'here' };
const folder = mkdtempSync(path.join(tmpdir(), 'drills-'));
const files = new FileKeys({ folder, holds: ['control/order'] });
const keys = controlKeysFrom(files);
beforeAll(async () => {
  files.signingKey('control/order');
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  [ada, bob, ann] = await Promise.all([['Ada', 'responder'], ['Bob', 'responder'], ['Ann', 'analyst']].map(async ([name, role]) => makeContext(await insertPerson(owner(), name!, [role!])))) as [Context, Context, Context];
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => { await as('worker', async () => { for (const { id } of (await listDrills()).filter(({ now }) => now.state !== 'finished')) await finishDrill(worker, id); }); });

/** Does it with the database role of another process. */
async function as<T>(role: 'worker' | 'control' | 'owner', work: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = role === 'owner' ? db.url : db.urlAs(role);
  try { return await work(); } finally { process.env.DATABASE_URL = db.urlAs('console'); }
}
const round = () => as('control', () => signAndFence(control, new StandingReader(keys, () => performance.now()), keys, files.signingKey('control/order')));
const events = async (type: string, id: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = 'org/switches' AND type = $1 AND body LIKE '%' || $2 || '%'`, [type, id])).map(({ body }) => JSON.parse(body) as { actor: { kind: string; id: string }; data: Record<string, unknown> });
const found = (over: Partial<RogueFound> = {}): RogueFound => ({ verdict: 'dead', said: 'Gone.', fencedMs: 20, confirmedMs: 300, goneMs: 90, evidence: 'pidns-empty', proof: { processes: 0, inNamespace: 0, silentMs: 400, portAnswers: null, lived: 2, note: null }, ...over });
/** A drill that a worker carries out, with a deployment of the drills' agent for its first rogue. */
async function running() {
  const { drill } = await runDrill(ada);
  const instanceId = await as('worker', async () => {
    expect(await takeUp(drill.id, keeper, 15_000)).toBe(true);
    const { agentId } = await prepareDrillAgent(worker, drill.id);
    const [target] = (await getDrill(drill.id))!.targets;
    await owner().rows('INSERT INTO instance (id, agent_id, name) VALUES ($1, $2, $1)', [target!.instanceId, agentId]);
    return target!.instanceId;
  });
  return { id: drill.id, instanceId };
}
const pressed = (drillId: string, instanceId: string) => as('worker', async () => {
  const orderId = newId();
  await notePressed(drillId, 'ignores_halt', orderId, new Date());
  return engageSwitch(worker, { scope: 'instance', target: instanceId, drill: true }, 'stop', { id: orderId, issuedAt: new Date() });
});

describe('asking for a drill', () => {
  it('is on the record with who asked, and answers the one that is on', async () => {
    const { drill, started } = await runDrill(ada);
    expect([started, drill.now, drill.askedBy.name]).toEqual([true, { state: 'asked' }, 'Ada']);
    expect(await events('drill.started', drill.id)).toMatchObject([{ actor: { kind: 'person', id: ada.actor.kind === 'person' ? ada.actor.id : '' }, data: { rogues: [...rogueKinds] } }]);
    expect(await runDrill(bob)).toMatchObject({ started: false, drill: { id: drill.id } });
    expect((await drillStanding()).running).toEqual({ id: drill.id });
  });
  it('is refused for whoever may not stop', async () => {
    await expect(runDrill(ann)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(finishDrill(ann, newId())).rejects.toMatchObject({ code: 'forbidden' });
  });
  it('starts one where ten people ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_, at) => runDrill(at % 2 ? ada : bob)));
    expect(all.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(all.map(({ drill }) => drill.id)).size).toBe(1);
  });
});

describe('carrying one out', () => {
  it('is taken up by one worker, which keeps it by saying so', async () => {
    const { drill } = await runDrill(ada);
    const taken = await as('worker', () => Promise.all([takeUp(drill.id, keeper, 15_000), takeUp(drill.id, { id: newId(), host: 'there' }, 15_000)]));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect((await getDrill(drill.id))!.targets.map(({ rogue }) => rogue)).toEqual([...rogueKinds]);
    await as('worker', async () => {
      expect(await keepOn(drill.id, { id: newId(), host: 'there' })).toBe(false);
      await finishDrill(worker, drill.id);
      expect(await keepOn(drill.id, keeper)).toBe(false);
    });
  });
  it('ends with a verdict, its spread, and everything on the record, once', async () => {
    const { id } = await running();
    await as('worker', async () => {
      for (const [at, rogue] of rogueKinds.entries()) await noteFound(id, rogue, found({ fencedMs: at, confirmedMs: 100 * at }));
      const both = await Promise.all([finishDrill(worker, id), finishDrill(worker, id)]);
      expect(both.filter(Boolean)).toHaveLength(1);
    });
    const report = (await getDrill(id))!;
    expect(report).toMatchObject({ now: { state: 'finished', verdict: 'passed', interrupted: false }, fencedP50Ms: 4, fencedP99Ms: 8, confirmedP50Ms: 400, confirmedP99Ms: 800 });
    expect(report.targets[0]).toMatchObject({ step: 'over', verdict: 'dead', proof: { lived: 2 } });
    const [finished] = await events('drill.finished', id);
    expect(finished).toMatchObject({ actor: { kind: 'system', id: 'worker' }, data: { verdict: 'passed', rogues: rogueKinds.map((rogue) => ({ rogue, verdict: 'dead' })) } });
  });
  it('is changed by nobody once it is over', async () => {
    const { id } = await running();
    await as('worker', () => finishDrill(worker, id));
    await expect(as('worker', () => noteFound(id, 'forks', found()))).rejects.toThrow(/over/);
    await expect(owner().rows(`UPDATE drill SET verdict = 'passed' WHERE id = $1`, [id])).rejects.toThrow(/over/);
    await expect(as('worker', () => sqlOf(pool(db.urlAs('worker'))).rows('DELETE FROM drill_target'))).rejects.toThrow(/permission denied/);
  });
  it('is closed as interrupted where its worker is gone, and its agent can do nothing any more', async () => {
    const { id } = await running();
    await owner().rows(`UPDATE drill SET kept_until = clock_timestamp() - interval '1 second' WHERE id = $1`, [id]);
    const next = new DrillKeeper({ ctx: worker, logger: pino({ level: 'silent' }), gatewayUrl: 'http://localhost:1', controlUrls: ['http://localhost:2'], controlKeys: () => [], leaseMs: 15_000, everyDays: 0 });
    await as('worker', () => next.run());
    expect((await getDrill(id))!.now).toMatchObject({ state: 'finished', verdict: 'failed', interrupted: true });
    expect(await owner().rows(`SELECT a.state, count(k.id)::int AS keys FROM agent a LEFT JOIN supervisor_key k ON k.agent_id = a.id AND k.revoked_at IS NULL WHERE a.drill GROUP BY a.id`)).toEqual([{ state: 'disabled', keys: 0 }]);
  });
  it('is asked for by itself when it is due, and by nobody before', async () => {
    const keeping = (everyDays: number) => new DrillKeeper({ ctx: worker, logger: pino({ level: 'silent' }), gatewayUrl: 'http://localhost:1', controlUrls: ['http://localhost:2'], controlKeys: () => [], leaseMs: 15_000, everyDays });
    const count = async () => (await listDrills(200)).length;
    const before = await count();
    await as('worker', () => keeping(1).run());
    await as('worker', () => keeping(0).run());
    expect(await count()).toBe(before);
    await owner().rows('ALTER TABLE drill DISABLE TRIGGER drill_is_final');
    await owner().rows(`UPDATE drill SET asked_at = asked_at - interval '2 days', finished_at = finished_at - interval '2 days'`);
    await owner().rows('ALTER TABLE drill ENABLE TRIGGER drill_is_final');
    await as('worker', () => keeping(1).run());
    expect((await listDrills())[0]).toMatchObject({ now: { state: 'asked' }, askedBy: { kind: 'system', id: 'worker' } });
    expect(await count()).toBe(before + 1);
  });
});

describe('the agent of drills', () => {
  it('is made once, is kept apart by its name, and has new credentials each time', async () => {
    const [one, two] = await as('worker', async () => {
      const first = await prepareDrillAgent(worker, newId());
      await retireDrillAgent(worker);
      return [first, await prepareDrillAgent(worker, newId())];
    });
    expect(two.agentId).toBe(one.agentId);
    expect([two.clientSecret, two.supervisorKey]).not.toEqual([one.clientSecret, one.supervisorKey]);
    expect(await owner().rows('SELECT drill, simulated FROM agent WHERE id = $1', [one.agentId])).toEqual([{ drill: true, simulated: true }]);
    const admin = makeContext(await insertPerson(owner(), 'Root', ['admin']));
    await expect(createAgent(admin, { name: 'countersign-drill-mine', capabilities: [] })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('the stop of a drill', () => {
  it('is refused of anything that no drill has started', async () => {
    const fleet = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
    const { instanceId } = await running();
    for (const cover of [{ scope: 'instance' as const, target: fleet.instances[0]! }, { scope: 'agent' as const, target: fleet.agents[0]! }, { scope: 'session' as const, target: fleet.sessions[0]!.id }, { scope: 'global' as const }, { scope: 'class' as const, target: 'financial' }]) {
      await expect(engageSwitch(ada, { ...cover, drill: true }), cover.scope).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(engageSwitch(ada, { scope: 'instance', target: instanceId, drill: true }, 'pause')).rejects.toMatchObject({ code: 'invalid' });
    expect(await owner().rows('SELECT 1 FROM switch_order WHERE target = ANY($1)', [[...fleet.instances, ...fleet.agents]])).toEqual([]);
  });
  it('stands for nobody to see, and is undone by control once its drill is over, and no sooner', async () => {
    const { id, instanceId } = await running();
    const order = await pressed(id, instanceId);
    await round();
    expect((await listStandingOrders()).map((one) => one.id)).not.toContain(order.id);
    expect((await listStandingOrders({ drills: true })).map((one) => one.id)).toContain(order.id);
    await round();
    expect(await events('switch.released', order.id)).toEqual([]);
    await as('worker', () => finishDrill(worker, id));
    await round();
    expect(await events('switch.released', order.id)).toMatchObject([{ actor: { kind: 'system', id: 'control' }, data: { breakGlass: false, drill: true } }]);
    expect((await listStandingOrders({ drills: true })).map((one) => one.id)).not.toContain(order.id);
  });
  it('calls nobody where it was not confirmed in time, as a real one does', async () => {
    const { id, instanceId } = await running();
    const fleet = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
    const [drill, real] = [await pressed(id, instanceId), await engageSwitch(ada, { scope: 'instance', target: fleet.instances[0]! })];
    const noted: NewEvent[] = [];
    for (const order of [drill, real]) {
      await owner().rows(`INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at) VALUES ($1, $2, $3, clock_timestamp() - interval '1 hour')`, [order.id, fleet.sessions[0]!.id, order.target]);
      const [row] = await readOrders(owner(), 'WHERE id = $1', [order.id]);
      await noteUnconfirmed(owner(), row!, noted);
    }
    expect(noted).toMatchObject([{ type: 'switch.unconfirmed', data: { orderId: real.id } }]);
  });
  it('never answers for a real stop of the same deployment, which stays', async () => {
    const { id, instanceId } = await running();
    const drill = await pressed(id, instanceId);
    const real = await engageSwitch(ada, { scope: 'instance', target: instanceId });
    expect(real.id).not.toBe(drill.id);
    await round();
    await as('worker', () => finishDrill(worker, id));
    await round();
    expect((await listStandingOrders()).map((one) => one.id)).toContain(real.id);
  });
  it('is never a real stop, though a drill that is over claims it and its row calls itself a drill’s', async () => {
    const { id, instanceId } = await running();
    const fleet = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
    const reals = [await engageSwitch(ada, { scope: 'instance', target: fleet.instances[0]! }), await engageSwitch(ada, { scope: 'agent', target: fleet.agents[0]! }), await engageSwitch(ada, { scope: 'instance', target: instanceId })];
    await round();
    for (const [at, real] of reals.entries()) await owner().rows('UPDATE drill_target SET order_id = $2 WHERE drill_id = $1 AND place = $3', [id, real.id, at]);
    await owner().rows('UPDATE switch_order SET drill = true WHERE id = ANY($1::uuid[])', [reals.map((real) => real.id)]);
    // Also where the real deployment is made to look like a drill's afterwards.
    await owner().rows('UPDATE agent SET drill = true WHERE id = $1', [fleet.agents[0]]);
    await as('worker', () => finishDrill(worker, id));
    await round();
    expect(await owner().rows('SELECT DISTINCT state FROM switch_order WHERE id = ANY($1::uuid[])', [reals.map((real) => real.id)])).toEqual([{ state: 'engaged' }]);
  });
});
