import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { exitEvidences, type ExitEvidence } from '@/lib/protocol/supervisor';
import { FileKeys } from '@/lib/signing';
import { createSupervisorKey, noteControlProcess, noteSupervisors, recordExit } from '@/lib/supervisors';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, type Fleet } from '@/lib/testing/fleet';
import { applySwitch, controlKeysFrom, engageSwitch, getOrder, markExitAsked, recordHaltAcknowledgement, updateFence, type ControlKeys } from '.';
import { provenSql } from './settle-targets';
import { judgeTarget, type HeldBy } from './target-rules';

let database: TestDatabase;
let folder: string;
let keys: ControlKeys;
const host = makeContext({ kind: 'host', user: 'root' });
const control = makeContext({ kind: 'system', process: 'control' });

beforeAll(() => { process.env.LEASE_MS = '1000'; });
beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-settle-'));
  const files = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['control/order'] });
  files.signingKey('control/order');
  keys = controlKeysFrom(files);
});
afterEach(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => { delete process.env.LEASE_MS; });

const events = async (type: string) => (await sql.rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY recorded_at', [type])).map((row) => (JSON.parse(row.body) as { data: Record<string, unknown> }).data);

/** Something of ours holds this agent's process, in touch for as long as it says. */
async function hold(fleet: Fleet, n: number, holdsForMs = 60_000): Promise<string> {
  const { id } = await createSupervisorKey(host, { agent: fleet.agents[n]!, name: 'eu-1' });
  const now = new Date();
  await noteSupervisors(sql, [{ agentId: fleet.agents[n]!, instanceId: fleet.instances[n]!, keyId: id, runId: null, links: 1, pid: 1, containment: 'pidns', onControlLoss: 'kill', connectedAt: now, seenAt: now, holdsUntil: new Date(now.getTime() + holdsForMs) }], newId());
  return id;
}
const exit = (fleet: Fleet, n: number, keyId: string, evidence: ExitEvidence, orderId: string | null = null) => recordExit(makeContext({ kind: 'supervisor', id: keyId, instanceId: fleet.instances[n]! }), {
  agentId: fleet.agents[n]!, instanceId: fleet.instances[n]!, keyId, runId: null, orderId, exitedAt: new Date().toISOString(), heardAt: new Date(), evidence, code: null, signal: null,
});
const acknowledge = (fleet: Fleet, n: number, orderId: string) => recordHaltAcknowledgement(makeContext({ kind: 'agent', id: fleet.agents[n]!, name: 'a', instanceId: fleet.instances[n]! }), { orderId, acknowledgement: { stopped: fleet.sessions.filter((s) => s.agentId === fleet.agents[n]).map((s) => s.id), at: new Date().toISOString() } });
async function stopAgent(fleet: Fleet, n: number): Promise<string> {
  const { id } = await engageSwitch(control, { scope: 'agent', target: fleet.agents[n]! }, 'stop');
  // The fence, and then a look at what became of whoever is behind it.
  await work(id);
  await work(id);
  return id;
}
async function work(orderId: string) {
  await applySwitch(control, orderId, keys);
  return updateFence(control, orderId, keys);
}

describe('what is known of a stop\'s targets', () => {
  it.each(['control', 'worker'] as const)('is looked at by %s, with the rights that it has in the database', async (role) => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    await hold(fleet, 0);
    const { id } = await engageSwitch(control, { scope: 'agent', target: fleet.agents[0]! }, 'stop');
    process.env.DATABASE_URL = database.urlAs(role);
    await work(id);
    expect(await work(id)).toEqual({ fenced: true, confirmed: false });
  });

  it('proves in SQL what it proves by the rule, for every combination of evidence', async () => {
    const holders: HeldBy[] = ['nothing', 'spared', 'supervisor', 'silent_supervisor'];
    const fleet = await insertFleet(sql, { agents: holders.length, sessionsEach: 16 });
    await hold(fleet, 1);
    await hold(fleet, 2);
    await hold(fleet, 3, -60_000);
    const { id } = await engageSwitch(control, { scope: 'global' }, 'stop');
    const wanted = new Map<string, boolean>();
    for (const [n, heldBy] of holders.entries()) {
      const sessions = fleet.sessions.filter((session) => session.agentId === fleet.agents[n]);
      let next = 0;
      for (const exited of [null, ...exitEvidences]) for (const acknowledged of [true, false]) for (const leaseLapsed of [true, false]) {
        const session = sessions[next++]!;
        await sql.rows(
          `INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at, exit_evidence, exited_at, acknowledged_at, lease_lapsed_at, exit_asked) VALUES ($1, $2, $3, now(), $4, CASE WHEN $4::text IS NULL THEN NULL ELSE now() END, CASE WHEN $5 THEN now() END, CASE WHEN $6 THEN now() END, CASE WHEN $7 THEN false END)`,
          [id, session.id, session.instanceId, exited, acknowledged, leaseLapsed, heldBy === 'spared'],
        );
        wanted.set(session.id, judgeTarget({ fenced: true, acknowledged, exited, leaseLapsed, unreachable: false, heldBy }).confirmed);
      }
    }
    const found = await sql.rows<{ id: string; proven: boolean | null }>(
      `SELECT t.session_id AS id, ${provenSql(2)} AS proven FROM switch_target t JOIN session s ON s.id = t.session_id LEFT JOIN supervisor v ON v.agent_id = s.agent_id AND v.instance_id = t.instance_id WHERE t.order_id = $1`, [id, 5],
    );
    expect(found).toHaveLength(64);
    expect(new Map(found.map((row) => [row.id, row.proven === true]))).toEqual(wanted);
    expect(new Set(wanted.values())).toEqual(new Set([true, false]));
  });

  it("is not confirmed by the agent's word while a supervisor holds its process, and is by an empty namespace", async () => {
    const fleet = await insertFleet(sql, { agents: 2, sessionsEach: 2 });
    const key = await hold(fleet, 0);
    const held = await stopAgent(fleet, 0);
    await acknowledge(fleet, 0, held);
    expect(await work(held)).toEqual({ fenced: true, confirmed: false });
    expect((await getOrder(held))!.targets).toMatchObject([{ state: 'acknowledged', supervised: true, confirmedAt: null, times: { exited: null } }, { state: 'acknowledged' }]);

    await exit(fleet, 0, key, 'pidns-empty', held);
    expect(await work(held)).toEqual({ fenced: true, confirmed: true });
    const [target] = (await getOrder(held))!.targets;
    expect(target).toMatchObject({ state: 'exited', exitEvidence: 'pidns-empty', confirmedAt: expect.any(String), evidence: expect.stringContaining('its supervisor says so'), times: { acknowledged: expect.any(String), exited: expect.any(String) } });
    expect(await events('supervisor.exited')).toMatchObject([{ instanceId: fleet.instances[0], orderId: held, evidence: 'pidns-empty' }]);

    // Where nothing of ours holds the process, its word is all there is.
    const free = await stopAgent(fleet, 1);
    await acknowledge(fleet, 1, free);
    expect(await work(free)).toEqual({ fenced: true, confirmed: true });
  });

  it("takes a supervisor's word for its own agent's process alone, and for no session that came after it", async () => {
    const fleet = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
    const key = await hold(fleet, 0);
    await hold(fleet, 1);
    const other = await stopAgent(fleet, 1);
    const lie = { agentId: fleet.agents[0]!, instanceId: fleet.instances[1]!, keyId: key, runId: null, orderId: other, exitedAt: new Date().toISOString(), heardAt: new Date(), evidence: 'pidns-empty' as const, code: null, signal: null };
    expect(await recordExit(makeContext({ kind: 'supervisor', id: key, instanceId: fleet.instances[1]! }), lie)).toBe(0);
    await expect(recordExit(makeContext({ kind: 'agent', id: fleet.agents[0]!, name: 'a', instanceId: 'i' }), lie)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(recordExit(makeContext({ kind: 'supervisor', id: newId(), instanceId: 'i' }), lie)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await getOrder(other))!.targets).toMatchObject([{ state: 'fenced', times: { exited: null } }]);

    await exit(fleet, 0, key, 'pidns-empty');
    await sql.rows(`UPDATE session SET opened_at = clock_timestamp() + interval '1 second' WHERE agent_id = $1`, [fleet.agents[0]]);
    const later = await stopAgent(fleet, 0);
    expect((await getOrder(later))!.targets).toMatchObject([{ state: 'fenced', times: { exited: null } }]);
  });

  it('knows of an end that came before the stop, also where only a process group ended', async () => {
    const fleet = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
    await exit(fleet, 0, await hold(fleet, 0), 'pidns-empty');
    await exit(fleet, 1, await hold(fleet, 1), 'group-exited');
    const [sure, unsure] = [await stopAgent(fleet, 0), await stopAgent(fleet, 1)];
    expect((await getOrder(sure))!.targets).toMatchObject([{ state: 'exited', confirmedAt: expect.any(String) }]);
    expect((await getOrder(unsure))!.targets).toMatchObject([{ state: 'exited', exitEvidence: 'group-exited', confirmedAt: null }]);
    // Its lease is what proves it then.
    await sql.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '1 minute' WHERE id = $1`, [fleet.instances[1]]);
    expect(await work(unsure)).toEqual({ fenced: true, confirmed: true });
    expect((await getOrder(unsure))!.targets).toMatchObject([{ state: 'exited', confirmedAt: expect.any(String), times: { leaseLapsed: expect.any(String) }, evidence: expect.stringMatching(/group-exited.*its lease ended/) }]);
  });

  it('counts a lapsed lease only once its supervisor must have ended the process too', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1, leaseMs: -60_000 });
    await hold(fleet, 0);
    const order = await stopAgent(fleet, 0);
    expect((await getOrder(order))!.targets).toMatchObject([{ state: 'lease_lapsed', confirmedAt: null }]);
    await sql.rows(`UPDATE supervisor SET holds_until = clock_timestamp() - interval '1 minute'`);
    expect(await work(order)).toEqual({ fenced: true, confirmed: true });
  });

  it('counts the silence of a supervisor with several controls only once each of them has said since that it does not hold it', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1, leaseMs: -60_000 });
    await hold(fleet, 0);
    const order = await stopAgent(fleet, 0);
    const [a, b] = [newId(), newId()];
    const over = new Date(Date.now() - 60_000);
    const confirmed = async (links: number, controls: string[]) => {
      await sql.rows('UPDATE supervisor SET holds_until = $1, links = $2, controls = $3', [over, links, controls]);
      return (await work(order)).confirmed;
    };
    await noteControlProcess(sql, a, new Date());
    // The other has never been heard of, or not since: cut off from the database, it may keep the process alive to this moment.
    expect(await confirmed(2, [a])).toBe(false);
    expect(await confirmed(2, [a, b])).toBe(false);
    await noteControlProcess(sql, b, new Date(over.getTime() - 1));
    expect(await confirmed(2, [a, b])).toBe(false);
    expect((await getOrder(order))!.targets).toMatchObject([{ state: 'lease_lapsed', confirmedAt: null }]);
    await noteControlProcess(sql, b, over);
    // What it said once, an older word does not take back.
    await noteControlProcess(sql, b, new Date(over.getTime() - 5_000));
    expect(await confirmed(2, [a, b])).toBe(true);
  });

  it('is not confirmed by a look that comes while somebody else stops what it hits', async () => {
    // So many that the two reads of some look fall on either side of it.
    const fleet = await insertFleet(sql, { agents: 50, sessionsEach: 1 });
    for (const target of fleet.agents) {
      const { id } = await engageSwitch(control, { scope: 'agent', target }, 'stop');
      await updateFence(control, id, keys);
      // Two control processes, or the two rounds of one.
      const looks = await Promise.all([updateFence(control, id, keys), applySwitch(control, id, keys), updateFence(control, id, keys), updateFence(control, id, keys), updateFence(control, id, keys)]);
      expect(looks.some((look) => 'confirmed' in look && look.confirmed)).toBe(false);
    }
  });

  it('is not confirmed over what an earlier stop has stopped without proof, however soon it is looked at', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    const { id: narrow } = await engageSwitch(control, { scope: 'session', target: fleet.sessions[0]!.id }, 'stop');
    for (let looks = 0; looks < 2; looks++) expect((await work(narrow)).confirmed).toBe(false);
    const { id: wide } = await engageSwitch(control, { scope: 'agent', target: fleet.agents[0]! }, 'stop');
    for (let looks = 0; looks < 3; looks++) expect(await updateFence(control, wide, keys)).toEqual({ fenced: true, confirmed: false });
    await acknowledge(fleet, 0, narrow);
    // What proves the one proves the other.
    for (const id of [narrow, wide]) expect(await work(id)).toEqual({ fenced: true, confirmed: true });
  });

  it('leaves a process alone that other sessions run in, and then takes the word of the agent', async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 2 });
    await hold(fleet, 0);
    const { id } = await engageSwitch(control, { scope: 'session', target: fleet.sessions[0]!.id }, 'stop');
    await work(id);
    expect(await markExitAsked(sql, { orderId: id, agentId: fleet.agents[0]!, instanceId: fleet.instances[0]!, exit: false })).toBe(true);
    // Decided once: a later look changes nothing.
    await markExitAsked(sql, { orderId: id, agentId: fleet.agents[0]!, instanceId: fleet.instances[0]!, exit: true });
    await acknowledge(fleet, 0, id);
    expect(await work(id)).toEqual({ fenced: true, confirmed: true });
    expect((await getOrder(id))!.targets).toMatchObject([{ state: 'acknowledged', supervised: false, confirmedAt: expect.any(String) }]);
  });

  it('says once that the time is over, and of what', { timeout: 20_000 }, async () => {
    const fleet = await insertFleet(sql, { agents: 1, sessionsEach: 2 });
    await hold(fleet, 0);
    const order = await stopAgent(fleet, 0);
    await acknowledge(fleet, 0, order);
    await sql.rows(`UPDATE switch_target SET ordered_at = ordered_at - interval '1 minute'`);
    await work(order);
    await work(order);
    expect((await getOrder(order))!.order).toMatchObject({ confirmedAt: null, unconfirmedAt: expect.any(String) });
    expect(await events('switch.unconfirmed')).toEqual([{ orderId: order, sessions: 2, instances: [fleet.instances[0]] }]);
  });
});
