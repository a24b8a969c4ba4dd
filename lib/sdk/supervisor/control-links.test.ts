// Long because each thing that one of several controls may say, or fail to say, is one story told to the last process.
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/protocol';
import { signOrder } from '@/lib/signing';
import { engageOrder, startControlServer, type ControlServer } from '@/lib/testing/control-server';
import { rogueAlive, rogueCommand, rogueIsUp } from '../testing/rogue';
import { planContainment } from './containment';
import { Supervisor, type SuperviseOptions } from './supervisor';

const LEASE_MS = 2_400;
const contained = (await planContainment()).containment === 'pidns';
const poll = { timeout: 30_000, interval: 10 };
let folder: string;
let a: ControlServer;
let b: ControlServer;
let servers: ControlServer[] = [];
let supervisors: Supervisor[] = [];
const serve = async (...args: Parameters<typeof startControlServer>) => { const one = await startControlServer(...args); servers.push(one); return one; };

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'supervised-'));
  a = await serve(LEASE_MS);
  b = await serve(LEASE_MS);
});
afterEach(async () => {
  for (const one of servers) one.silent = false;
  await Promise.all(supervisors.map((one) => one.end('SIGTERM', 0).catch(() => {})));
  supervisors = [];
  await Promise.all(servers.map((one) => one.stop()));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

type Watched = { supervisor: Supervisor; down: { url: string; why: string | undefined }[]; refused: string[]; started(): boolean };
async function supervise(more: Partial<SuperviseOptions> = {}): Promise<Watched> {
  const supervisor = await Supervisor.start({ controlUrl: [a.url, b.url], controlPin: `${a.pin},${b.pin}`, key: 'csk_sup_x', instanceId: 'i-1', command: rogueCommand(folder), stdio: 'ignore', reportWithinMs: 3_000, ...more });
  supervisors.push(supervisor);
  const watched = { supervisor, down: [] as Watched['down'], refused: [] as string[] };
  let started = false;
  supervisor.on('controlDown', ({ url, why }) => watched.down.push({ url, why: why?.message }));
  supervisor.on('orderRefused', ({ why }) => watched.refused.push(why));
  supervisor.on('started', () => { started = true; });
  return { ...watched, started: () => started };
}
const alive = () => rogueAlive(folder).length;
const heardBy = (control: ControlServer) => expect.poll(() => control.sockets().length, poll).toBe(1);
const extension = (control: ControlServer, extendMs: number) => signOrder(control.key, { kind: 'extend', id: newId(), issuedAt: new Date().toISOString(), epoch: Date.now(), extendMs });

describe.skipIf(!contained)('a supervisor of several controls', () => {
  it('is one and the same to each, obeys a stop by any one, answers it there, and tells each how it ended', async () => {
    const { supervisor } = await supervise();
    await rogueIsUp(folder);
    expect(a.auths).toMatchObject([{ links: 2, runId: expect.any(String) }]);
    expect(b.auths).toMatchObject([{ links: 2, runId: a.auths[0]!.runId }]);
    const order = engageOrder();
    expect(await b.halt(signOrder(b.key, order), 5_000)).toEqual({ exitedAt: expect.any(String), evidence: 'pidns-empty' });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty', reported: true });
    expect([a.exited, b.exited]).toMatchObject([[{ evidence: 'pidns-empty' }], [{ evidence: 'pidns-empty' }]]);
  });

  it('answers each control that tells it of the same stop, and says once that it was stopped', async () => {
    const { supervisor } = await supervise();
    const halted: string[] = [];
    supervisor.on('halted', ({ order }) => halted.push(order.id));
    await rogueIsUp(folder);
    const order = engageOrder();
    const answers = await Promise.all([a.halt(signOrder(a.key, order), 5_000), b.halt(signOrder(b.key, order), 5_000)]);
    expect(answers).toEqual([answers[0], answers[0]]);
    expect(answers[0]).toMatchObject({ evidence: 'pidns-empty' });
    expect(halted).toEqual([order.id]);
  });

  it('keeps its process while any one is heard, and ends it within a lease once none is', async () => {
    const { supervisor, down } = await supervise();
    await rogueIsUp(folder);
    await a.stop();
    const gone = performance.now();
    let renewals = 0;
    supervisor.on('controlUp', ({ url }) => { if (url.startsWith(b.url)) renewals++; });
    // Each renewal comes a third of a lease after the last: so many that the lease of the other is long over.
    await expect.poll(() => renewals, poll).toBeGreaterThanOrEqual(6);
    expect(performance.now() - gone).toBeGreaterThan(1.5 * LEASE_MS);
    expect(alive()).toBeGreaterThanOrEqual(5);
    expect(down).toEqual([{ url: `${a.url}/`, why: undefined }]);
    b.silent = true;
    const from = performance.now();
    await expect.poll(alive, { ...poll, interval: 10 }).toBe(0);
    expect(performance.now() - from).toBeLessThan(LEASE_MS + 10_000);
    b.silent = false;
    expect(await supervisor.done).toMatchObject({ why: 'control_lost', reported: true });
  });

  it('stands still once all are silent where that was asked for, and goes on when any one is back', async () => {
    const { supervisor } = await supervise({ onControlLoss: 'pause' });
    await rogueIsUp(folder);
    a.silent = true;
    b.silent = true;
    await expect.poll(() => supervisor.paused, poll).toBe(true);
    b.silent = false;
    await expect.poll(() => supervisor.paused, poll).toBe(false);
    await expect.poll(() => rogueAlive(folder).some((one) => one.state === 'T'), poll).toBe(false);
  });

  it('is not started while any one that can be reached says that a stop stands, be it one that knows only its own', async () => {
    b.standing = [signOrder(b.key, engageOrder())];
    b.complete = false;
    const { supervisor } = await supervise();
    expect(await supervisor.done).toMatchObject({ why: 'stopped', started: false, reported: true });
    expect(alive()).toBe(0);
  });

  it('is not started before one knows all that stands, whichever', async () => {
    a.complete = false;
    b.complete = false;
    const { supervisor, started } = await supervise();
    let heard = 0;
    supervisor.on('controlUp', () => { heard++; });
    await expect.poll(() => heard, poll).toBeGreaterThanOrEqual(6);
    expect(started()).toBe(false);
    b.complete = true;
    await rogueIsUp(folder);
  });

  it('is not started before each was tried; one that cannot be reached is named, and its stop counts once it is back', async () => {
    // Takes connections and says nothing, as a machine behind a broken network does, until the test breaks them.
    const taken: net.Socket[] = [];
    const hole = net.createServer((socket) => { taken.push(socket); socket.on('error', () => {}); });
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const { port } = hole.address() as net.AddressInfo;
    const { supervisor, started, down } = await supervise({ controlUrl: `http://127.0.0.1:${port},${b.url}` });
    let heard = 0;
    supervisor.on('controlUp', () => { heard++; });
    await expect.poll(() => heard, poll).toBeGreaterThanOrEqual(3);
    expect(started()).toBe(false);
    const closed = new Promise((resolve) => hole.close(resolve));
    for (const socket of taken) socket.destroy();
    await closed;
    await rogueIsUp(folder);
    expect(down).toEqual([{ url: `http://127.0.0.1:${port}/`, why: expect.any(String) }]);
    // It was cut off with a stop that nobody else knows of.
    const back = await serve(LEASE_MS, { port, key: a.key });
    back.standing = [signOrder(back.key, engageOrder())];
    for (const socket of back.sockets()) for (const orderJws of back.standing) socket.emit('halt', { orderJws });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', evidence: 'pidns-empty' });
    expect(alive()).toBe(0);
  });

  it('goes on without one that does not know its key yet, and gives up when none takes it', async () => {
    a.refuses = 'unauthenticated';
    const { down } = await supervise();
    await rogueIsUp(folder);
    expect(down).toMatchObject([{ url: `${a.url}/` }]);
    b.refuses = 'unauthenticated';
    const { supervisor, started } = await supervise();
    await expect(supervisor.done).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(started()).toBe(false);
  });

  it('takes the word that control restarts for the one that said it, and no such word that somebody kept', async () => {
    const { supervisor, refused } = await supervise();
    await rogueIsUp(folder);
    await heardBy(b);
    const kept = extension(a, 60_000);
    // Both have renewed again, so that what was signed before is from before what they said.
    const renewed = new Set<string>();
    const from = Date.now();
    supervisor.on('controlUp', ({ url }) => { if (Date.now() - from > 1_100) renewed.add(url); });
    await expect.poll(() => renewed.size, poll).toBe(2);
    for (const control of [a, b]) for (const socket of control.sockets()) socket.emit('extend', { orderJws: kept });
    await expect.poll(() => refused, poll).toEqual(['epoch_passed', 'epoch_passed']);
    for (const socket of a.sockets()) socket.emit('extend', { orderJws: extension(a, 1_500) });
    a.silent = true;
    b.silent = true;
    const silent = performance.now();
    await supervisor.done;
    const lasted = performance.now() - silent;
    expect(lasted).toBeGreaterThan(LEASE_MS + 300);
    expect(lasted).toBeLessThan(LEASE_MS + 1_500 + 10_000);
    expect(refused).toHaveLength(2);
    expect(alive()).toBe(0);
  }, 60_000);
});
