// Long because each way in which a stop reaches a supervised process, or its supervisor loses control, is one story told to the last process.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { callControl } from '@/lib/cli/control-client';
import { closePools, pool } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { projectRoot } from '@/lib/project-root';
import { planContainment } from '@/lib/sdk/supervisor/containment';
import { Supervisor, type SuperviseOptions } from '@/lib/sdk/supervisor/supervisor';
import { rogueAlive, rogueCommand, rogueIsUp } from '@/lib/sdk/testing/rogue';
import { FileKeys, generateSecret, hashSecret, publicKeyText } from '@/lib/signing';
import { createSupervisorKey, revokeSupervisorKey } from '@/lib/supervisors';
import { createControlKey } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { insertFleet, type Fleet } from '@/lib/testing/fleet';
import { startProcess } from '@/lib/testing/running-worker';
import { startControl, type Control } from '.';

const LEASE_MS = 4_000;
process.env.LEASE_MS = String(LEASE_MS);
const contained = (await planContainment()).containment === 'pidns';
const host = makeContext({ kind: 'host', user: 'root' });

let database: TestDatabase;
let link: DatabaseLink;
let dataDir: string;
let folder: string;
let control: Control;
let controls: Control[] = [];
let supervisors: Supervisor[] = [];
let controlKey: string;
let supervisorKey: { id: string; key: string };
let fleet: Fleet;
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };

beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  folder = mkdtempSync(path.join(tmpdir(), 'rogue-'));
  process.env.DATA_DIR = dataDir;
  controlKey = (await createControlKey(host, { name: 'pager', scopes: ['session', 'instance', 'agent', 'class', 'global'], environments: ['local'] })).key;
  fleet = await insertFleet(owner, { agents: 2, sessionsEach: 1 });
  supervisorKey = await createSupervisorKey(host, { agent: fleet.agents[0]!, name: 'eu-1' });
  await closePools();
  link = await createDatabaseLink(database.urlAs('control'));
  process.env.DATABASE_URL = link.url;
  control = await start();
});
afterEach(async () => {
  await Promise.all(supervisors.map((one) => one.end('SIGTERM', 0).catch(() => {})));
  supervisors = [];
  await Promise.all(controls.map((one) => one.stop()));
  controls = [];
  await closePools();
  await link.stop();
  await database.drop();
  for (const one of [dataDir, folder]) rmSync(one, { recursive: true, force: true });
});

async function start(port = 0): Promise<Control> {
  const made = await startControl({ dataDir, host: '127.0.0.1', port, databaseUrl: link.url, logger: pino({ level: 'silent' }) });
  controls.push(made);
  return made;
}
async function stopControl(one: Control, extendMs = 0): Promise<void> {
  controls = controls.filter((other) => other !== one);
  await one.stop({ extendMs });
}
const url = () => `http://127.0.0.1:${control.port}`;
const pin = () => [...new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }).verificationKeys('control/order').values()].map(({ jwk }) => publicKeyText(jwk)).join(',');
async function ask(method: string, where: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${url()}${where}`, { method, headers: { authorization: `Bearer ${controlKey}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}
const engage = async (body: object) => (await ask('POST', '/v1/switches/engage', body)) as { order: { id: string }; orderJws: string; durability: string };
type Target = { sessionId: string; state: string; confirmedAt: string | null; exitEvidence: string | null; supervised: boolean; times: Record<string, string | null> };
const orderOf = async (id: string) => (await ask('GET', `/v1/orders/${id}`)) as { targets: Target[]; confirmedAt?: string };
async function supervise(more: Partial<SuperviseOptions> = {}): Promise<Supervisor> {
  const one = await Supervisor.start({ controlUrl: url(), controlPin: pin(), key: supervisorKey.key, instanceId: fleet.instances[0]!, command: rogueCommand(folder), stdio: 'ignore', reportWithinMs: 500, ...more });
  supervisors.push(one);
  return one;
}
/** A supervisor by hand, to say what none of ours would. */
function raw(auth: object, extraHeaders: Record<string, string> = {}): Promise<Socket> {
  const socket: Socket = io(`${url()}/supervisor`, { transports: ['websocket'], reconnection: false, forceNew: true, auth, extraHeaders });
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error: Error) => { socket.disconnect(); reject(error); });
  });
}
const handshake = (more: object = {}) => ({ protocol: 1, key: supervisorKey.key, instanceId: fleet.instances[0]!, pid: 4711, ...more });
const poll = { timeout: 30_000, interval: 10 };

describe.skipIf(!contained)('a stop of a supervised process', () => {
  it.each([['agent', (): string | undefined => fleet.agents[0]], ['instance', (): string | undefined => fleet.instances[0]], ['session', (): string | undefined => fleet.sessions[0]!.id], ['global', (): string | undefined => undefined]] as const)('by %s ends all of it and is confirmed by the empty namespace', async (scope, target) => {
    const supervisor = await supervise();
    await rogueIsUp(folder);
    await expect.poll(async () => (await owner.rows('SELECT 1 FROM supervisor')).length, poll).toBe(1);
    const { order } = await engage({ scope, ...(target() ? { target: target() } : {}) });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty', reported: true });
    expect(rogueAlive(folder)).toEqual([]);
    await expect.poll(async () => (await orderOf(order.id)).targets.find((one) => one.sessionId === fleet.sessions[0]!.id), poll).toMatchObject({ state: 'exited', exitEvidence: 'pidns-empty', supervised: true, confirmedAt: expect.any(String), times: { exited: expect.any(String), fenced: expect.any(String) } });
    expect((await owner.rows<{ evidence: string }>(`SELECT exit_evidence AS evidence FROM supervisor`))[0]).toEqual({ evidence: 'pidns-empty' });
    const types = (await owner.rows<{ type: string }>(`SELECT type FROM log.event WHERE type LIKE 'supervisor.%' ORDER BY seq`)).map((row) => row.type);
    expect(types).toEqual(['supervisor.connected', 'supervisor.exited']);
  });

  it('is over the moment its release is read: whoever starts then is started, however short ago the stop was', async () => {
    const { order } = await engage({ scope: 'agent', target: fleet.agents[0] });
    await expect.poll(() => control.health().standing, poll).toBe(1);
    await callControl({ kind: 'socket', path: control.socketPath! }, 'POST', `/v1/orders/${order.id}/release`, { breakGlass: true, reason: 'pressed by mistake' });
    await expect.poll(() => control.health().standing, poll).toBe(0);
    await supervise();
    await rogueIsUp(folder);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
  });

  it('leaves others alone: another agent, a class of tools, a session beside another in the same process', async () => {
    await owner.rows(`INSERT INTO session (id, agent_id, instance_id, purpose, canary, delimiter) VALUES ($1, $2, $3, 'beside', 'c', 'd')`, [newId(), fleet.agents[0], fleet.instances[0]]);
    const supervisor = await supervise();
    await rogueIsUp(folder);
    for (const cover of [{ scope: 'agent', target: fleet.agents[1] }, { scope: 'class', target: 'financial' }]) await engage(cover);
    const beside = await engage({ scope: 'session', target: fleet.sessions[0]!.id });
    await expect.poll(async () => (await owner.rows<{ asked: boolean | null }>('SELECT exit_asked AS asked FROM switch_target WHERE order_id = $1', [beside.order.id]))[0]?.asked, poll).toBe(false);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
    await engage({ scope: 'instance', target: fleet.instances[0] });
    expect(await supervisor.done).toMatchObject({ why: 'stopped' });
  });

  it('reaches it from the journal while Postgres is away, and what came of it is in the database afterwards', async () => {
    const supervisor = await supervise();
    await rogueIsUp(folder);
    await expect.poll(async () => (await owner.rows('SELECT 1 FROM supervisor')).length, poll).toBe(1);
    link.cut();
    const { order, durability } = await engage({ scope: 'agent', target: fleet.agents[0] });
    expect(durability).toBe('journal');
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty' });
    expect(rogueAlive(folder)).toEqual([]);
    // Who comes now hears of it as well, from memory.
    expect(await (await supervise()).done).toMatchObject({ why: 'stopped', started: false });
    await link.restore();
    await expect.poll(async () => (await orderOf(order.id)).targets, { timeout: 30_000, interval: 50 }).toMatchObject([{ state: 'exited', exitEvidence: 'pidns-empty', confirmedAt: expect.any(String) }]);
  });

  it('stands for whoever starts under it, over a restart of control with Postgres away', async () => {
    const { order } = await engage({ scope: 'global' });
    expect(await (await supervise()).done).toMatchObject({ why: 'stopped', orderId: order.id, started: false });
    link.cut();
    await stopControl(control);
    control = await start();
    // Keys are known from the file; what the database holds cannot be seen, so nobody is let start on an empty list.
    const later = await supervise();
    let started = false;
    later.on('started', () => { started = true; });
    await link.restore();
    expect(await later.done).toMatchObject({ why: 'stopped', started: false });
    expect(started).toBe(false);
    expect(statSync(path.join(dataDir, 'control', 'supervisor-keys.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(dataDir, 'control', 'supervisor-keys.json'), 'utf8')).toContain(hashSecret(supervisorKey.key));
    expect(readFileSync(path.join(dataDir, 'control', 'supervisor-keys.json'), 'utf8')).not.toContain(supervisorKey.key);
  });

  it('is not needed when control is killed: the process is dead by the lease and a second', async () => {
    await stopControl(control);
    const killed = await startProcess('control', database.urlAs('control'), { dataDir, env: { CONTROL_PORT: String(control.port), LEASE_MS: String(LEASE_MS), DATA_DIR: dataDir } });
    await supervise();
    await rogueIsUp(folder);
    await killed.stop('SIGKILL');
    const from = performance.now();
    await expect.poll(() => rogueAlive(folder), poll).toEqual([]);
    expect(performance.now() - from).toBeLessThan(LEASE_MS + 10_000);
  });

  it('waits for a control that said that it restarts, and reaches it through the new one', async () => {
    const supervisor = await supervise();
    await rogueIsUp(folder);
    const { port } = control;
    await stopControl(control, 20_000);
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 500));
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
    control = await start(port);
    await engage({ scope: 'agent', target: fleet.agents[0] });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', evidence: 'pidns-empty' });
  });

  it('ends with its key: who is no longer known loses control', async () => {
    const supervisor = await supervise();
    await rogueIsUp(folder);
    process.env.DATABASE_URL = database.url;
    await revokeSupervisorKey(host, { key: supervisorKey.id });
    process.env.DATABASE_URL = link.url;
    await expect.poll(() => rogueAlive(folder), poll).toEqual([]);
    void supervisor;
  });

  it('works as a command, with the key by a file descriptor or a file and none of it in what the agent sees', async () => {
    const keyFile = path.join(dataDir, 'key');
    writeFileSync(keyFile, `${supervisorKey.key}\n`, { mode: 0o600 });
    const run = (line: string) => {
      const child = spawn('bash', ['-c', line, 'x', ...rogueCommand(folder)], { cwd: projectRoot(), stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, COUNTERSIGN_CONTROL_URL: url(), COUNTERSIGN_CONTROL_PIN: pin() } });
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
      return { said: () => err, code: new Promise<number | null>((resolve) => child.once('close', resolve)) };
    };
    const supervise = `node --import tsx lib/cli/main.ts supervise --instance ${fleet.instances[0]}`;
    const running = run(`${supervise} --key-fd 3 -- "$@" 3< ${keyFile}`);
    await rogueIsUp(folder);
    for (const { pid } of rogueAlive(folder)) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('csk_sup_');
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('csk_sup_');
    }
    const { order } = await engage({ scope: 'agent', target: fleet.agents[0] });
    expect(await running.code).toBe(77);
    expect(running.said()).toContain('containment: PID namespace');
    expect(running.said()).toContain(`nothing is left of it (pidns-empty): order ${order.id} stands`);
    expect(rogueAlive(folder)).toEqual([]);
    const again = run(`${supervise} --key-file ${keyFile} -- "$@"`);
    expect(await again.code).toBe(77);
    expect(again.said()).toContain('it was not started');
    const wrong = run(`${supervise} -- "$@"`);
    expect(await wrong.code).toBe(2);
    expect(wrong.said()).toContain('never taken from the environment');
  });
});

describe('the namespace for supervisors', () => {
  it('takes a key from the moment that it is made', async () => {
    for (let i = 0; i < 4; i++) {
      process.env.DATABASE_URL = database.url;
      const made = await createSupervisorKey(host, { agent: fleet.agents[0]!, name: `new-${i}` });
      process.env.DATABASE_URL = link.url;
      (await raw(handshake({ key: made.key }))).disconnect();
    }
  });

  it('takes a supervisor key and nothing else, and slows down who tries', async () => {
    await expect(raw(handshake({ key: controlKey }))).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    await expect(raw(handshake({ key: generateSecret('sup').secret }))).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    for (const auth of [{}, handshake({ protocol: 2 }), handshake({ extra: 1 }), handshake({ pid: 0 }), handshake({ instanceId: 'a b' }), handshake({ containment: 'hope' })]) await expect(raw(auth)).rejects.toMatchObject({ data: { code: 'invalid' } });
    await expect(raw(handshake(), { origin: 'https://evil.example' })).rejects.toThrow();
    const codes: string[] = [];
    for (let i = 0; i < 10; i++) await raw(handshake({ key: generateSecret('sup').secret })).catch((error: { data: { code: string } }) => codes.push(error.data.code));
    expect(codes).toContain('rate_limited');
    (await raw(handshake())).disconnect();
  });

  it('takes a few connections for one deployment and no more, and tells the log of one that is back no news', async () => {
    const open = await Promise.all(Array.from({ length: 16 }, () => raw(handshake())));
    await expect(raw(handshake())).rejects.toMatchObject({ data: { code: 'conflict' } });
    (await raw(handshake({ instanceId: 'another' }))).disconnect();
    const told = () => owner.rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.event WHERE type = 'supervisor.connected' AND body LIKE $1`, [`%${fleet.instances[0]}%`]);
    await expect.poll(told, poll).toEqual([{ n: 1 }]);
    for (const socket of open) socket.disconnect();
    const other = await raw(handshake({ pid: 4712 }));
    await expect.poll(told, poll).toEqual([{ n: 2 }]);
    other.disconnect();
  });

  it('answers what it does not know, and lives on', async () => {
    const socket = await raw(handshake());
    const say = (event: string, ...args: unknown[]) => socket.timeout(2_000).emitWithAck(event, ...args) as Promise<{ ok: boolean; error?: { code: string } }>;
    for (const [event, body] of [['release', {}], ['renew', {}], ['renew', { id: 'x' }], ['renew', { id: newId(), extra: 1 }], ['exited', { exitedAt: 'now', evidence: 'pidns-empty' }], ['exited', { exitedAt: new Date().toISOString(), evidence: 'trust-me' }]] as const) {
      expect(await say(event, body), event).toMatchObject({ ok: false, error: { code: 'invalid' } });
    }
    expect(await say('renew', { id: newId() })).toMatchObject({ ok: true, leaseMs: LEASE_MS, agentId: fleet.agents[0], environment: 'local' });
    socket.disconnect();
  });

  it("believes of a process group no more than that it has exited, and of another agent's process nothing", async () => {
    const group = await raw(handshake({ containment: 'process_group' }));
    group.on('halt', (_body: unknown, ack: (answer: object) => void) => ack({ exitedAt: new Date().toISOString(), evidence: 'pidns-empty' }));
    const stranger = await raw(handshake({ instanceId: fleet.instances[1]! }));
    stranger.on('halt', (_body: unknown, ack: (answer: object) => void) => ack({ exitedAt: new Date().toISOString(), evidence: 'pidns-empty' }));
    const { order } = await engage({ scope: 'global' });
    await expect.poll(async () => (await owner.rows('SELECT 1 FROM supervisor WHERE exited_at IS NOT NULL')).length, poll).toBe(2);
    const targetOf = async (n: number) => (await orderOf(order.id)).targets.find((one) => one.sessionId === fleet.sessions[n]!.id);
    await expect.poll(() => targetOf(0), poll).toMatchObject({ state: 'exited', exitEvidence: 'group-exited', confirmedAt: null });
    await expect.poll(() => targetOf(1), poll).toMatchObject({ state: 'fenced', exitEvidence: null, supervised: false, times: { exited: null } });
    for (const socket of [group, stranger]) socket.disconnect();
  });
});
