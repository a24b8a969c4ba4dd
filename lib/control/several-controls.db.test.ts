// Long because each way in which some of several control processes are lost, or cut off, is one story told to the last process.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, pool } from '@/lib/db';
import { freePort } from '@/lib/db/embedded-postmaster';
import { planContainment } from '@/lib/sdk/supervisor/containment';
import { Supervisor, type SuperviseOptions } from '@/lib/sdk/supervisor/supervisor';
import { rogueAlive, rogueCommand, rogueIsUp } from '@/lib/sdk/testing/rogue';
import { FileKeys, publicKeyText } from '@/lib/signing';
import { createSupervisorKey } from '@/lib/supervisors';
import { createControlKey } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink as createLink, type DatabaseLink as Link } from '@/lib/testing/database-link';
import { insertFleet, type Fleet } from '@/lib/testing/fleet';

import { commandLine, startProcess, type RunningWorker } from '@/lib/testing/running-worker';

const LEASE_MS = 4_000;
const contained = (await planContainment()).containment === 'pidns';
const poll = { timeout: 30_000, interval: 20 };

/** A control process with its own data, its own wire to the database, and the wire that supervisors take to it. */
type Replica = { url: string; process: RunningWorker; dataDir: string; database: Link; supervisors: Link };
let database: TestDatabase;
let a: Replica;
let b: Replica;
let controlKey: string;
let pin: string;
let fleet: Fleet;
let folder: string;
let supervisorKey: string;
let supervisors: Supervisor[] = [];
const cut = new Set<Link>();
const sever = (wire: Link) => { wire.cut(); cut.add(wire); };
const mend = async (wire: Link) => { cut.delete(wire); await wire.restore(); };
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };
const host = makeContext({ kind: 'host', user: 'root' });

async function startReplica(keys: string): Promise<Replica> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  mkdirSync(path.join(dataDir, 'keys'), { mode: 0o700 });
  // One key for all: what one of them signed holds for whoever hears it from another.
  cpSync(keys, path.join(dataDir, 'keys'), { recursive: true });
  const wire = await createLink(database.urlAs('control'));
  const port = await freePort();
  const process = await startProcess('control', wire.url, { dataDir, env: { CONTROL_PORT: String(port), HOST: '127.0.0.1', LEASE_MS: String(LEASE_MS) } });
  const url = `http://127.0.0.1:${port}`;
  return { url, process, dataDir, database: wire, supervisors: await createLink(url) };
}

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const made = mkdtempSync(path.join(tmpdir(), 'cs-keys-'));
  const files = new FileKeys({ folder: path.join(made, 'keys'), holds: ['control/order'] });
  files.signer('control/order');
  pin = [...files.verificationKeys('control/order').values()].map(({ jwk }) => publicKeyText(jwk)).join(',');
  controlKey = (await createControlKey(host, { name: 'pager', scopes: ['session', 'instance', 'agent', 'class', 'global'], environments: ['local'] })).key;
  [a, b] = await Promise.all([startReplica(path.join(made, 'keys')), startReplica(path.join(made, 'keys'))]);
  rmSync(made, { recursive: true, force: true });
}, 60_000);
afterAll(async () => {
  for (const one of [a, b]) {
    await one.process.stop('SIGKILL');
    await one.supervisors.stop();
    await one.database.stop();
    rmSync(one.dataDir, { recursive: true, force: true });
  }
  await closePools();
  await database.drop();
});
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rogue-'));
  // An agent of its own for each story, whose stop is no other's.
  fleet = await insertFleet(owner, { agents: 1, sessionsEach: 1 });
  supervisorKey = (await createSupervisorKey(host, { agent: fleet.agents[0]!, name: 'eu-1' })).key;
});
afterEach(async () => {
  await Promise.all(supervisors.map((one) => one.end('SIGTERM', 0).catch(() => {})));
  supervisors = [];
  // Whatever a story cut is whole for the next.
  for (const wire of cut) await wire.restore();
  cut.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** Started, and connected to every control that it was given. */
async function supervise(more: Partial<SuperviseOptions> = {}): Promise<{ supervisor: Supervisor; renewals: Map<string, number> }> {
  const controlUrl = more.controlUrl ?? [a.supervisors.url, b.supervisors.url];
  const here = more.command ? undefined : folder;
  const supervisor = await Supervisor.start({ controlPin: pin, key: supervisorKey, instanceId: fleet.instances[0]!, command: rogueCommand(folder), stdio: 'ignore', reportWithinMs: 2_000, ...more, controlUrl });
  supervisors.push(supervisor);
  const renewals = new Map<string, number>();
  supervisor.on('controlUp', ({ url }) => renewals.set(url, (renewals.get(url) ?? 0) + 1));
  if (here) await rogueIsUp(here);
  await expect.poll(() => renewals.size, poll).toBe([controlUrl].flat().length);
  return { supervisor, renewals };
}
async function ask(at: Replica, method: string, where: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${at.url}${where}`, { method, headers: { authorization: `Bearer ${controlKey}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}
const stopAgent = async (at: Replica) => (await ask(at, 'POST', '/v1/switches/engage', { scope: 'agent', target: fleet.agents[0] })) as { order: { id: string }; durability: string };
const targetsAt = async (at: Replica, id: string) => ((await ask(at, 'GET', `/v1/orders/${id}`)) as { targets?: unknown[] }).targets;
const noted = () => expect.poll(async () => (await owner.rows<{ n: number }>('SELECT cardinality(controls) AS n FROM supervisor WHERE instance_id = $1', [fleet.instances[0]]))[0]?.n, poll).toBe(2);
const said = async () => (await owner.rows<{ type: string }>(`SELECT type FROM log.event WHERE type LIKE 'supervisor.%' AND body LIKE $1 ORDER BY seq`, [`%${fleet.instances[0]}%`])).map((row) => row.type);

describe.skipIf(!contained)('a supervised process and two control processes on one database', () => {
  it('is ended by the journal of the one that took the stop while Postgres is away, which nobody else can know of', async () => {
    const { supervisor } = await supervise();
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'rogue-'));
    const { supervisor: toOneAlone } = await supervise({ controlUrl: b.supervisors.url, instanceId: 'to-one-alone', command: rogueCommand(elsewhere) });
    await rogueIsUp(elsewhere);
    await noted();
    for (const one of [a, b]) sever(one.database);
    const { order, durability } = await stopAgent(a);
    expect(durability).toBe('journal');
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty', reported: true });
    expect(rogueAlive(folder)).toEqual([]);
    // This is what every one is connected to for: whoever listens to the other alone runs on until the database is back.
    expect(rogueAlive(elsewhere).length).toBeGreaterThanOrEqual(5);
    await Promise.all([a, b].map((one) => mend(one.database)));
    expect(await toOneAlone.done).toMatchObject({ why: 'stopped', orderId: order.id });
    expect(rogueAlive(elsewhere)).toEqual([]);
    rmSync(elsewhere, { recursive: true, force: true });
    await expect.poll(() => targetsAt(b, order.id), poll).toMatchObject([{ state: 'exited', exitEvidence: 'pidns-empty', confirmedAt: expect.any(String) }]);
    // Both have written by then that they hold nobody any more: one end, although each was told of it.
    await expect.poll(async () => (await owner.rows('SELECT 1 FROM control_process WHERE noted_until > (SELECT exited_at FROM supervisor WHERE instance_id = $1)', [fleet.instances[0]])).length, poll).toBe(2);
    expect(await said()).toEqual(['supervisor.connected', 'supervisor.exited']);
  }, 60_000);

  it('is ended through the other, by way of the database, when the one that took the stop cannot be reached', async () => {
    const { supervisor } = await supervise();
    sever(a.supervisors);
    const { order, durability } = await stopAgent(a);
    expect(durability).toBe('database');
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty', reported: true });
    expect(rogueAlive(folder)).toEqual([]);
    await expect.poll(() => targetsAt(a, order.id), poll).toMatchObject([{ state: 'exited', exitEvidence: 'pidns-empty', confirmedAt: expect.any(String) }]);
  }, 60_000);

  it('does not count as stopped by its silence while one that is cut off from the database may still hold it', async () => {
    const { supervisor } = await supervise();
    await noted();
    // The machine and one control process on this side, the other and the database on that.
    sever(a.database);
    sever(b.supervisors);
    const { order } = await stopAgent(b);
    await owner.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '1 minute' WHERE id = $1`, [fleet.instances[0]]);
    const longSilent = `SELECT 1 FROM supervisor v JOIN switch_order o ON o.id = $2 WHERE v.instance_id = $1 AND v.holds_until < clock_timestamp() - interval '6 seconds' AND o.unconfirmed_at IS NOT NULL AND EXISTS (SELECT 1 FROM control_process c WHERE c.noted_until > v.holds_until)`;
    await expect.poll(async () => (await owner.rows(longSilent, [fleet.instances[0], order.id])).length, { timeout: 40_000, interval: 100 }).toBe(1);
    expect(await targetsAt(b, order.id)).toMatchObject([{ state: 'lease_lapsed', confirmedAt: null, supervised: true }]);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
    await mend(a.database);
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty' });
    await expect.poll(() => targetsAt(b, order.id), poll).toMatchObject([{ state: 'exited', confirmedAt: expect.any(String) }]);
  }, 90_000);

  it('is stopped by command through whichever of CONTROL_URLS answers', async () => {
    const { supervisor } = await supervise();
    const dataDir = mkdtempSync(path.join(tmpdir(), 'cs-elsewhere-'));
    const env = { ...process.env, DATA_DIR: dataDir, CONTROL_URLS: `http://127.0.0.1:${await freePort()},${b.url}`, COUNTERSIGN_CONTROL_KEY: controlKey };
    const { code, json } = await commandLine(['stop', '--agent', fleet.agents[0]!, '--wait', '30', '--json'], env);
    rmSync(dataDir, { recursive: true, force: true });
    expect({ code, json }).toMatchObject({ code: 0, json: { ok: true, durability: 'database', confirmedAt: expect.any(String), targets: { exited: 1 } } });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: (json.order as { id: string }).id });
  }, 60_000);

  it('outlives the one that is killed, and not both', async () => {
    const { supervisor, renewals } = await supervise();
    await a.process.stop('SIGKILL');
    const before = renewals.get(new URL(b.supervisors.url).href)!;
    // A renewal comes each third of a lease: by then the lease of the killed one is long over.
    await expect.poll(() => renewals.get(new URL(b.supervisors.url).href)! - before, poll).toBeGreaterThanOrEqual(6);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
    await b.process.stop('SIGKILL');
    const from = performance.now();
    await expect.poll(() => rogueAlive(folder), { timeout: 30_000, interval: 10 }).toEqual([]);
    expect(performance.now() - from).toBeLessThan(LEASE_MS + 10_000);
    expect(await supervisor.done).toMatchObject({ why: 'control_lost', evidence: 'pidns-empty', reported: false });
  }, 60_000);
});
