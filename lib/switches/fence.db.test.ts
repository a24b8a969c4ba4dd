// Long because each way in which a stop reaches, or fails to reach, a gateway is one story told from press to proof.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, listen, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { insertFleet, insertPendingApproval, insertPerson, type Fleet } from '@/lib/testing/fleet';
import {
  applySwitch, controlKeysFrom, engageSwitch, fenceReady, getOrder, recordHaltAcknowledgement, requestRelease, signAndFence, StandingReader, switchReach, SwitchView, updateFence, workOffSwitches,
  type ControlKeys, type SwitchChange,
} from '.';
import { releaseChecklist } from './schema';
import { releaserWithPasskey } from './testing';

let database: TestDatabase;
let folder: string;
let files: FileKeys;
let keys: ControlKeys;
let views: SwitchView[] = [];
const host = makeContext({ kind: 'host', user: 'root' });
const control = makeContext({ kind: 'system', process: 'control' });
const round = () => signAndFence(control, new StandingReader(keys, () => performance.now()), keys, files.signingKey('control/order'));
const events = async (type: string) => (await sql.rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY recorded_at', [type])).map((row) => JSON.parse(row.body) as { data: Record<string, unknown>; actor: { kind: string }; stream: string });

beforeAll(() => { process.env.LEASE_MS = '1000'; });
beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-fence-'));
  files = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['control/order'] });
  files.signingKey('control/order');
  keys = controlKeysFrom(files);
});
afterEach(async () => {
  await Promise.all(views.map((view) => view.stop()));
  views = [];
  await closePrisma();
  await closePools();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => { delete process.env.LEASE_MS; });

async function view(url = database.urlAs('gateway'), extra: Partial<ConstructorParameters<typeof SwitchView>[0]> = {}): Promise<SwitchView> {
  const made = new SwitchView({ url, keys, ...extra });
  views.push(made);
  await made.start();
  return made;
}
async function until(what: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<number> {
  const from = performance.now();
  while (!(await what())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - from;
}

describe('the fence', () => {
  it('stands once both gateways have read the order, and not while one is still deciding under the older generation', async () => {
    const [one, two] = [await view(), await view()];
    const told: unknown[] = [];
    const hearing = await listen(['cs_switch'], (_channel, payload) => { if ('gatewayId' in payload) told.push(payload.gatewayId); }, () => {}, database.url);
    const deciding = two.begin();
    expect(deciding.fresh).toBe(true);
    const order = await engageSwitch(host, { scope: 'global' });
    await until(() => one.match({ environment: 'local' }) !== null && two.match({ environment: 'local' }) !== null);
    const acked = async (id: string) => Number((await sql.rows<{ a: bigint }>('SELECT acked_generation AS a FROM gateway WHERE id = $1', [id]))[0]!.a);
    await until(async () => (await acked(one.gatewayId)) === order.generation);
    expect(deciding.stillCurrent()).toBe(false);
    expect(await acked(two.gatewayId)).toBeLessThan(order.generation);
    expect((await round()).unfenced).toBe(1);
    await fenceReady(control, keys, () => {});
    expect((await getOrder(order.id))!.order.fencedAt).toBeNull();
    const after = two.begin();
    expect(after.generation).toBe(order.generation);
    deciding.end();
    deciding.end();
    await until(async () => (await acked(two.gatewayId)) === order.generation);
    await fenceReady(control, keys, () => {});
    expect((await getOrder(order.id))!.order.fencedAt).not.toBeNull();
    expect((await round()).unfenced).toBe(0);
    expect((await events('switch.fenced'))[0]!.data).toMatchObject({ orderId: order.id, gateways: [{ evidence: `acknowledged generation ${order.generation}` }, { evidence: `acknowledged generation ${order.generation}` }] });
    // Whoever waits for the fence is told of each gateway that has come so far.
    await until(() => told.includes(one.gatewayId) && told.includes(two.gatewayId));
    await hearing.stop();
    after.end();
  });

  it('closes a gateway that has not read for two seconds, which by then answers nothing itself', async () => {
    const link = await createDatabaseLink(database.urlAs('gateway'));
    const near = await view();
    const far = await view(link.url);
    const begun = far.begin();
    link.cut();
    const order = await engageSwitch(host, { scope: 'global' });
    await until(() => near.match({ environment: 'local' }) !== null);
    expect((await round()).unfenced).toBe(1);
    await until(async () => (await round()).unfenced === 0);
    // The other gateway was given up on only after it had stopped trusting itself.
    expect(far.fresh).toBe(false);
    expect(far.begin().fresh).toBe(false);
    expect(begun.stillCurrent()).toBe(false);
    expect(await events('gateway.closed')).toMatchObject([{ data: { gatewayId: far.gatewayId } }]);
    await link.restore();
    await until(() => far.fresh && far.match({ environment: 'local' })?.id === order.id);
    expect(begun.stillCurrent()).toBe(false);
    await link.stop();
  });

  it('survives the database being away for ten seconds, never blocks, and comes back by itself', { timeout: 40_000 }, async () => {
    const link: DatabaseLink = await createDatabaseLink(database.urlAs('gateway'));
    const far = await view(link.url);
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => { longest = Math.max(longest, performance.now() - last); last = performance.now(); }, 5);
    link.cut();
    const cutAt = performance.now();
    // Two seconds, and what a busy machine takes to look.
    expect(await until(() => !far.fresh, 6_000)).toBeGreaterThan(1_200);
    await engageSwitch(host, { scope: 'agent', target: newId() });
    await until(() => performance.now() - cutAt > 10_000, 12_000);
    expect(far.fresh).toBe(false);
    await link.restore();
    await until(() => far.fresh, 4_000);
    expect(far.orders.list).toHaveLength(1);
    clearInterval(ticking);
    // Whatever waited for the database would have waited for ten seconds.
    expect(longest).toBeLessThan(5_000);
    await link.stop();
  });

  it('tells of new orders with control\'s signature, and of what was lifted with its proof', async () => {
    const one = await view();
    const told: SwitchChange[] = [];
    one.onChange((change) => told.push(change));
    const order = await engageSwitch(host, { scope: 'session', target: newId() }, 'pause');
    await until(() => told.length >= 1);
    expect(told[0]).toMatchObject({ engaged: [{ id: order.id, orderJws: null }], signed: [] });
    await round();
    await until(() => told.some((change) => change.signed.length > 0));
    expect(told.find((change) => change.signed.length > 0)!.signed[0]!.orderJws).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const ada = await releaserWithPasskey(await insertPerson(sql, 'Ada', ['responder']));
    await ada.ask(order.id);
    expect(one.orders.list).toHaveLength(1);
    await round();
    await until(() => told.some((change) => change.lifted.length > 0));
    expect(one.orders.list).toHaveLength(0);
  });

  it('holds on when a row is deleted or the generation goes back', async () => {
    const errors: unknown[] = [];
    const one = await view(database.url, { onError: (error) => errors.push(error) });
    const order = await engageSwitch(host, { scope: 'global' });
    await until(() => one.match({ environment: 'local' })?.id === order.id);
    await sql.rows('DELETE FROM switch_order');
    await one.refresh();
    expect(one.match({ environment: 'local' })?.id).toBe(order.id);
    await sql.rows('UPDATE switch_generation SET generation = 0');
    await until(() => !one.fresh, 4_000);
    expect(String(errors.at(-1))).toContain('went back');
  });

  it('cannot be lifted by whoever took a gateway over', async () => {
    const order = await engageSwitch(host, { scope: 'global' });
    const { pool } = await import('@/lib/db');
    const gateway = pool(database.urlAs('gateway'));
    for (const statement of [`UPDATE switch_order SET state = 'released'`, 'DELETE FROM switch_order', `UPDATE switch_order SET release_requested_at = now()`, 'TRUNCATE switch_order']) {
      await expect(gateway.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
    expect((await getOrder(order.id))!.order.state.state).toBe('engaged');
  });
});

describe('engaging', () => {
  it('by ten at once makes one order, one event, one generation', async () => {
    const before = Number((await sql.rows<{ g: bigint }>('SELECT generation AS g FROM switch_generation'))[0]!.g);
    const views = await Promise.all(Array.from({ length: 10 }, () => engageSwitch(host, { scope: 'agent', target: '019a0000-0000-7000-8000-0000000000b1' })));
    expect(new Set(views.map((one) => one.id)).size).toBe(1);
    expect(await events('switch.engaged')).toHaveLength(1);
    expect(Number((await sql.rows<{ g: bigint }>('SELECT generation AS g FROM switch_generation'))[0]!.g)).toBe(before + 1);
  });

  it('is refused for whoever may not, and says what it takes', async () => {
    const viewer = await insertPerson(sql, 'Vera', ['viewer']);
    const analyst = await insertPerson(sql, 'Anna', ['analyst']);
    await expect(engageSwitch(makeContext(viewer), { scope: 'session', target: newId() })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(engageSwitch(makeContext(analyst), { scope: 'global' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(engageSwitch(makeContext(analyst), { scope: 'session', target: newId() })).resolves.toMatchObject({ scope: 'session' });
    await expect(engageSwitch(host, { scope: 'global', target: 'x' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(engageSwitch(host, { scope: 'agent' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(engageSwitch(host, { scope: 'agent', target: 'not an id' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(engageSwitch(makeContext({ kind: 'agent', id: newId(), name: 'a', instanceId: 'i' }), { scope: 'global' })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('what a stop hits', () => {
  const states = async () => Object.fromEntries((await sql.rows<{ state: string; n: number }>('SELECT state, count(*)::int AS n FROM session GROUP BY state')).map((row) => [row.state, row.n]));

  it('stops the agent\'s sessions and no other, cancels what they had open, each on its own record; twice is harmless', async () => {
    const fleet = await insertFleet(sql, { agents: 2, sessionsEach: 3 });
    const mine = fleet.sessions.filter((session) => session.agentId === fleet.agents[0]);
    const asked = await insertPendingApproval(sql, mine[0]!);
    await insertPendingApproval(sql, fleet.sessions.find((session) => session.agentId === fleet.agents[1])!);
    expect(await switchReach({ scope: 'agent', target: fleet.agents[0]! })).toEqual({ sessions: 3, instances: 1, inTheMiddleOfAWrite: 0, approvals: 1 });
    const order = await engageSwitch(host, { scope: 'agent', target: fleet.agents[0]! });
    expect(await Promise.all([applySwitch(control, order.id, keys), applySwitch(control, order.id, keys)].map(async (work) => (await work).sessions)).then((counts) => counts[0]! + counts[1]!)).toBe(3);
    expect(await applySwitch(control, order.id, keys)).toEqual({ sessions: 0, approvals: 0 });
    expect(await states()).toEqual({ stopped: 3, open: 3 });
    expect(await events('session.stopped')).toHaveLength(3);
    expect(await events('approval.cancelled')).toMatchObject([{ stream: `session/${mine[0]!.id}`, data: { approvalId: asked.approvalId, reason: 'stopped' } }]);
    expect(await sql.rows('SELECT state, cancel_reason FROM approval WHERE id = $1', [asked.approvalId])).toEqual([{ state: 'cancelled', cancel_reason: 'stopped' }]);
    expect(await sql.rows('SELECT decision, code FROM action WHERE id = $1', [asked.actionId])).toEqual([{ decision: 'deny', code: 'approval.cancelled' }]);
    expect((await getOrder(order.id))!.order.matched).toEqual({ sessions: 3, instances: 1, approvals: 1 });
  });

  it('cancels what a decision under way still adds after its session was stopped', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    const order = await engageSwitch(host, { scope: 'session', target: fleet.sessions[0]!.id });
    await applySwitch(control, order.id, keys);
    const late = await insertPendingApproval(sql, fleet.sessions[0]!);
    await applySwitch(control, order.id, keys);
    expect(await sql.rows('SELECT state FROM approval WHERE id = $1', [late.approvalId])).toEqual([{ state: 'cancelled' }]);
  });

  it('is confirmed when each target acknowledged or its lease lapsed, and says who is out of reach', async () => {
    const fleet = await insertFleet(sql, { agents: 3, sessionsEach: 1, leaseMs: 60_000 });
    await sql.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '5 s' WHERE id = $1`, [fleet.instances[1]]);
    const order = await engageSwitch(host, { scope: 'global' });
    await round();
    await workOffSwitches(control, [order.id], keys);
    expect((await getOrder(order.id))!.counts).toMatchObject({ fenced: 2, lease_lapsed: 1 });
    const session = fleet.sessions[0]!;
    const agent = (agentId: string) => makeContext({ kind: 'agent', id: agentId, name: 'a', instanceId: session.instanceId });
    const acknowledgement = { orderId: order.id, acknowledgement: { stopped: [session.id], at: new Date().toISOString() } };
    expect(await recordHaltAcknowledgement(agent(fleet.agents[2]!), acknowledgement)).toBe(0);
    expect(await recordHaltAcknowledgement(agent(session.agentId), acknowledgement)).toBe(1);
    await until(async () => { await updateFence(control, order.id, keys); return (await getOrder(order.id))!.counts.unreachable === 1; });
    expect((await getOrder(order.id))!.order.confirmedAt).toBeNull();
    await sql.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '5 s'`);
    expect(await updateFence(control, order.id, keys)).toEqual({ fenced: true, confirmed: true });
    const detail = (await getOrder(order.id))!;
    expect(detail.counts).toMatchObject({ acknowledged: 1, lease_lapsed: 2, unreachable: 0 });
    expect(detail.propagation.p50Ms).toBeGreaterThan(0);
    expect(await events('switch.confirmed')).toHaveLength(1);
  });

  it('keeps the word of a client that is quicker than the snapshot, for its own sessions in the scope alone', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 2, leaseMs: 60_000 });
    const [hit, other] = fleet.sessions as [Fleet['sessions'][0], Fleet['sessions'][0]];
    const order = await engageSwitch(host, { scope: 'session', target: hit.id });
    const agent = makeContext({ kind: 'agent', id: hit.agentId, name: 'a', instanceId: hit.instanceId });
    const said = { orderId: order.id, acknowledgement: { stopped: [hit.id, other.id], at: new Date().toISOString() } };
    expect(await recordHaltAcknowledgement(agent, said)).toBe(1);
    expect(await recordHaltAcknowledgement(agent, said)).toBe(0);
    await round();
    await workOffSwitches(control, [order.id], keys);
    expect(await getOrder(order.id)).toMatchObject({ order: { confirmedAt: expect.any(String), matched: { sessions: 1 } }, counts: { acknowledged: 1, fenced: 0 } });
    expect(await events('session.halt_acknowledged')).toHaveLength(1);
  });

  it('pauses and resumes: sessions keep their state, approvals stand, an overlapping pause still holds', async () => {
    const fleet: Fleet = await insertFleet(sql, { agents: 1, sessionsEach: 2 });
    const asked = await insertPendingApproval(sql, fleet.sessions[0]!);
    const ada = await releaserWithPasskey(await insertPerson(sql, 'Ada', ['responder']));
    const [all, one] = [await engageSwitch(host, { scope: 'instance', target: fleet.instances[0]! }, 'pause'), await engageSwitch(host, { scope: 'session', target: fleet.sessions[0]!.id }, 'pause')];
    await workOffSwitches(control, [all.id, one.id], keys);
    expect(await states()).toEqual({ paused: 2 });
    await round();
    await round();
    expect((await getOrder(all.id))!.order.confirmedAt).not.toBeNull();
    expect(await sql.rows('SELECT state FROM approval WHERE id = $1', [asked.approvalId])).toEqual([{ state: 'pending' }]);
    await ada.ask(all.id);
    await workOffSwitches(control, [], keys);
    expect(await states()).toEqual({ paused: 2 });
    await round();
    await workOffSwitches(control, [], keys);
    expect(await states()).toEqual({ paused: 1, open: 1 });
    await ada.ask(one.id);
    await round();
    await workOffSwitches(control, [], keys);
    expect(await states()).toEqual({ open: 2 });
  });

  it('stopped stays stopped after the release, which took two', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 2 });
    const [ada, bob] = [await releaserWithPasskey(await insertPerson(sql, 'Ada', ['responder'])), await releaserWithPasskey(await insertPerson(sql, 'Bob', ['admin']))];
    const order = await engageSwitch(host, { scope: 'agent', target: fleet.agents[0]! });
    await workOffSwitches(control, [order.id], keys);
    await expect(requestRelease(ada.ctx, { orderId: order.id, checklist: ['cause_known'] })).rejects.toMatchObject({ code: 'invalid' });
    await expect(requestRelease(host, { orderId: order.id, checklist: [...releaseChecklist] })).rejects.toMatchObject({ code: 'forbidden' });
    await ada.ask(order.id);
    await expect(ada.agree(order.id)).rejects.toMatchObject({ code: 'conflict' });
    await bob.agree(order.id);
    await sql.rows(`UPDATE person SET state = 'deactivated' WHERE name = 'Bob'`);
    await round();
    expect((await getOrder(order.id))!.order.state.state).toBe('engaged');
    expect(await events('switch.release_withdrawn')).toHaveLength(1);
    await sql.rows(`UPDATE person SET state = 'active' WHERE name = 'Bob'`);
    await ada.ask(order.id);
    await bob.agree(order.id);
    await round();
    await workOffSwitches(control, [], keys);
    expect((await getOrder(order.id))!.order.state).toMatchObject({ state: 'released' });
    expect(await states()).toEqual({ stopped: 2 });
  });

  it('works off 10,000 sessions in portions', { timeout: 120_000 }, async () => {
    await insertFleet(sql, { agents: 100, sessionsEach: 100 });
    const order = await engageSwitch(host, { scope: 'global' });
    const from = performance.now();
    expect(await applySwitch(control, order.id, keys)).toEqual({ sessions: 10_000, approvals: 0 });
    const ms = performance.now() - from;
    console.info(`10,000 sessions stopped, each on its own record, in ${Math.round(ms)} ms`);
    expect(await states()).toEqual({ stopped: 10_000 });
    expect(await events('session.stopped')).toHaveLength(10_000);
    expect(ms).toBeLessThan(60_000);
  });
});
