import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/protocol';
import { signOrder } from '@/lib/signing';
import { engageOrder, newControlKey, startControlServer, type ControlServer } from '@/lib/testing/control-server';
import { rogueAlive, rogueCommand, rogueIsUp } from '../testing/rogue';
import { planContainment } from './containment';
import { Supervisor, type SuperviseOptions } from './supervisor';

const LEASE_MS = 2_400;
const contained = (await planContainment()).containment === 'pidns';
let folder: string;
let control: ControlServer;
let supervisors: Supervisor[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'supervised-'));
  control = await startControlServer(LEASE_MS);
});
afterEach(async () => {
  control.silent = false;
  await Promise.all(supervisors.map((one) => one.end('SIGTERM', 0).catch(() => {})));
  supervisors = [];
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function supervise(more: Partial<SuperviseOptions> = {}): Promise<{ supervisor: Supervisor; refused: string[] }> {
  const supervisor = await Supervisor.start({ controlUrl: control.url, controlPin: control.pin, key: 'csk_sup_x', instanceId: 'i-1', command: rogueCommand(folder), stdio: 'ignore', reportWithinMs: 3_000, ...more });
  supervisors.push(supervisor);
  const refused: string[] = [];
  supervisor.on('orderRefused', ({ why }) => refused.push(why));
  return { supervisor, refused };
}
const engaged = (more: Parameters<typeof engageOrder>[0] = {}, key = control.key) => signOrder(key, engageOrder(more));

describe.skipIf(!contained)('a supervised process', () => {
  it('is gone, all of it, when the acknowledgement of a stop is sent', async () => {
    const { supervisor } = await supervise();
    await rogueIsUp(folder);
    const order = engageOrder({ scope: 'agent', target: 'a-1', environment: 'production' });
    const answer = control.halt(signOrder(control.key, order), 5_000).then((halted) => ({ halted, left: rogueAlive(folder) }));
    expect(await answer).toEqual({ halted: { exitedAt: expect.any(String), evidence: 'pidns-empty' }, left: [] });
    expect(await supervisor.done).toMatchObject({ why: 'stopped', orderId: order.id, evidence: 'pidns-empty', reported: true });
    expect(control.exited).toMatchObject([{ evidence: 'pidns-empty' }]);
  });

  it('obeys nothing that the pinned control did not sign, or that is about something else', async () => {
    const { refused } = await supervise();
    await rogueIsUp(folder);
    const stranger = newControlKey();
    const [header, , signature] = engaged().split('.');
    const [, body] = engaged({ scope: 'agent', target: 'a-1' }).split('.');
    for (const text of [
      engaged({}, stranger), '', 'x.y.z', `${header}.${body}.${signature}`, signOrder(control.key, { kind: 'noop', id: newId(), issuedAt: new Date().toISOString() }),
      engaged({ scope: 'agent', target: 'a-2' }), engaged({ scope: 'instance', target: 'i-2' }), engaged({ environment: 'staging' }), engaged({ scope: 'class', target: 'financial' }),
    ]) void control.halt(text, 1_000);
    await expect.poll(() => refused.length).toBe(9);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
    expect(await control.halt(engaged({ scope: 'instance', target: 'i-1' }), 5_000)).toMatchObject({ evidence: 'pidns-empty' });
  });

  it('is not started while a stop stands, nor by a control that is not the pinned one, nor by an old word of it', async () => {
    control.standing = [engaged()];
    const { supervisor } = await supervise();
    expect(await supervisor.done).toMatchObject({ why: 'stopped', started: false, reported: true });

    control.standing = [];
    const stranger = newControlKey();
    const old = signOrder(control.key, { kind: 'noop', id: newId(), issuedAt: new Date().toISOString() });
    for (const word of [(id: string) => signOrder(stranger, { kind: 'noop', id, issuedAt: new Date().toISOString() }), () => old]) {
      control.answerRenewal = (id) => ({ orderJws: word(id) });
      const { refused } = await supervise();
      await expect.poll(() => refused.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    }
    expect(rogueAlive(folder)).toEqual([]);
    expect(() => readFileSync(path.join(folder, 'up'))).toThrow('ENOENT');
  });

  it('waits for a control that does not know yet what stands', async () => {
    control.complete = false;
    const { supervisor } = await supervise();
    let heard = 0;
    supervisor.on('controlUp', () => { heard++; });
    await expect.poll(() => heard, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    expect(rogueAlive(folder)).toEqual([]);
    control.complete = true;
    await rogueIsUp(folder);
    // Once it runs, a control that has forgotten keeps it going: it would have heard of a stop before.
    control.complete = false;
    await expect.poll(() => heard, { timeout: 30_000 }).toBeGreaterThanOrEqual(8);
    expect(rogueAlive(folder).length).toBeGreaterThanOrEqual(5);
  });

  it('is dead within the lease when control falls silent, although the connection stands', async () => {
    const { supervisor } = await supervise();
    await rogueIsUp(folder);
    control.silent = true;
    const from = performance.now();
    await expect.poll(() => rogueAlive(folder), { timeout: 30_000, interval: 10 }).toEqual([]);
    expect(performance.now() - from).toBeLessThan(LEASE_MS + 10_000);
    control.silent = false;
    expect(await supervisor.done).toMatchObject({ why: 'control_lost', evidence: 'pidns-empty', reported: true });
  });

  it('stands still while control is silent where that was asked for, goes on after it, and is stopped also then', async () => {
    const { supervisor } = await supervise({ onControlLoss: 'pause' });
    await rogueIsUp(folder);
    control.silent = true;
    await expect.poll(() => rogueAlive(folder).every((one) => one.state === 'T'), { timeout: 30_000, interval: 10 }).toBe(true);
    control.silent = false;
    await expect.poll(() => rogueAlive(folder).some((one) => one.state === 'T'), { timeout: 30_000, interval: 10 }).toBe(false);
    expect(supervisor.paused).toBe(false);
    control.silent = true;
    await expect.poll(() => supervisor.paused, { timeout: 30_000 }).toBe(true);
    control.standing = [engaged()];
    control.silent = false;
    expect(await supervisor.done).toMatchObject({ why: 'stopped', evidence: 'pidns-empty' });
    expect(rogueAlive(folder)).toEqual([]);
  });

  it('waits longer for a control that said, signed, that it restarts; once, and no longer than that', async () => {
    const { supervisor, refused } = await supervise();
    await rogueIsUp(folder);
    const extension = (extendMs: number, epoch = Date.now()) => signOrder(control.key, { kind: 'extend', id: newId(), issuedAt: new Date().toISOString(), epoch, extendMs });
    const epoch = Date.now();
    for (const socket of control.sockets()) for (const orderJws of [extension(1_500, epoch), extension(1_500, epoch), signOrder(newControlKey(), { kind: 'extend', id: newId(), issuedAt: new Date().toISOString(), epoch: epoch + 1, extendMs: 60_000 })]) socket.emit('extend', { orderJws });
    await expect.poll(() => refused).toEqual(['epoch_passed', expect.any(String)]);
    control.silent = true;
    const from = performance.now();
    await supervisor.done.then(() => {}, () => {});
    const lasted = performance.now() - from;
    expect(lasted).toBeGreaterThan(LEASE_MS + 300);
    expect(lasted).toBeLessThan(LEASE_MS + 1_500 + 10_000);
    expect(rogueAlive(folder)).toEqual([]);
  }, 60_000);

  it('ends by itself with its code, is asked to end, and is never started twice', async () => {
    const { supervisor } = await supervise({ command: ['bash', '-c', 'exit 7'] });
    expect(await supervisor.done).toMatchObject({ why: 'exited', code: 7, reported: true });
    expect(control.exited).toMatchObject([{ code: 7, evidence: 'pidns-empty' }]);
    const { supervisor: asked } = await supervise({ command: ['bash', '-c', `trap 'exit 3' TERM; echo up > ${folder}/ready; while :; do sleep 0.01; done`] });
    await expect.poll(() => { try { return readFileSync(path.join(folder, 'ready'), 'utf8'); } catch { return ''; } }).toBe('up\n');
    expect(await asked.end()).toMatchObject({ why: 'exited', code: 3 });
  });

  it('cannot read the key, by its environment or its file descriptors', async () => {
    await supervise({ command: ['bash', '-c', `cat /proc/1/environ > ${folder}/environ; ls /proc > ${folder}/seen; ls -l /proc/self/fd > ${folder}/fds; exec sleep 1000`], env: { ...process.env, COUNTERSIGN_SUPERVISOR_KEY: 'csk_sup_secret' } });
    await expect.poll(() => { try { return readFileSync(path.join(folder, 'fds'), 'utf8'); } catch { return ''; } }, { timeout: 30_000 }).not.toBe('');
    const environ = readFileSync(path.join(folder, 'environ'), 'utf8');
    expect(environ).not.toContain('csk_sup_');
    expect(environ).toContain('COUNTERSIGN_INSTANCE_ID=i-1');
    // Of the machine's processes it sees its own alone: there is nobody to look into, or to kill.
    expect(readFileSync(path.join(folder, 'seen'), 'utf8').split('\n').filter((name) => /^\d+$/.test(name)).length).toBeLessThan(5);
  });
});

it('refuses what makes no sense, before anything runs', async () => {
  await expect(supervise({ key: 'csk_ctl_x' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(supervise({ command: [] })).rejects.toMatchObject({ code: 'invalid' });
  await expect(supervise({ controlPin: 'x' })).rejects.toMatchObject({ code: 'invalid' });
});
