import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainedProcess } from './contained-process';
import { planContainment, type ContainmentPlan } from './containment';
import { holdPidNamespace, type HeldNamespace } from './process-table';
import { rogueAlive, rogueCommand, rogueIsUp } from '../testing/rogue';

const plan = await planContainment();
let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'held-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mine = () => rogueAlive(folder);
async function startRogue(by: ContainmentPlan): Promise<ContainedProcess> {
  const held = await ContainedProcess.start(by, rogueCommand(folder), { env: process.env, stdio: 'ignore' });
  await rogueIsUp(folder);
  return held;
}

describe.skipIf(plan.containment !== 'pidns')('a command in a PID namespace of its own', () => {
  it('ends with everything that came of it, however it resists, and nothing is said before', async () => {
    const held = await startRogue(plan);
    expect(mine().length).toBeGreaterThanOrEqual(5);
    await held.ask('SIGTERM');
    expect(mine().length).toBeGreaterThanOrEqual(5);
    expect(await held.kill()).toBe('pidns-empty');
    expect(mine()).toEqual([]);
  });

  it('stands still as a whole, and goes on as a whole', async () => {
    const held = await startRogue(plan);
    expect(await held.freeze()).toBe(true);
    expect(new Set(mine().map((one) => one.state))).toEqual(new Set(['T']));
    held.thaw();
    await expect.poll(() => mine().some((one) => one.state === 'T')).toBe(false);
    expect(await held.freeze()).toBe(true);
    expect(await held.kill()).toBe('pidns-empty');
    expect(mine()).toEqual([]);
  });

  it('ends with its supervisor, however that was killed', async () => {
    const script = `import { ContainedProcess } from ${JSON.stringify(path.join(import.meta.dirname, 'contained-process.ts'))}; import { planContainment } from ${JSON.stringify(path.join(import.meta.dirname, 'containment.ts'))};
      const held = await ContainedProcess.start(await planContainment(), ${JSON.stringify(rogueCommand(folder))}, { env: process.env, stdio: 'ignore' }); await held.ended;`;
    const supervisor = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: path.resolve(import.meta.dirname, '../../..'), stdio: 'inherit' });
    await rogueIsUp(folder);
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await expect.poll(() => mine(), { timeout: 30_000, interval: 20 }).toEqual([]);
  });

  it('gives its own exit code, and takes what it left behind with it', async () => {
    const held = await ContainedProcess.start(plan, ['bash', '-c', `(setsid bash -c 'while :; do sleep 1000; done' x ${folder} &) ; exit 7`], { env: process.env, stdio: 'ignore' });
    expect(await held.ended).toEqual({ code: 7, signal: null });
    expect(await held.gone()).toBe('pidns-empty');
    expect(mine()).toEqual([]);
  });

  it('says that it cannot be started', async () => {
    const held = await ContainedProcess.start(plan, ['/nowhere/agent'], { env: process.env, stdio: 'ignore' });
    expect((await held.ended).code).toBeGreaterThan(0);
    await expect(ContainedProcess.start({ ...plan, wrap: (command) => [...command] }, ['/nowhere/agent'], { env: process.env, stdio: 'ignore' })).rejects.toThrow('ENOENT');
  });
});

/** Another user's number that belongs to nobody here. */
const as = { uid: 47_110, gid: 47_111 };
const plans = { 'in a user namespace of its own': await planContainment({ as }), 'in namespaces that root made': await planContainment({ as }, async (argv) => !argv.includes('--user') && !argv.includes('bwrap') && (await ran(argv))), 'in its group alone': await planContainment({ as }, async (argv) => !argv.includes('--pid') && !argv.includes('bwrap') && (await ran(argv))) };
async function ran([file = '', ...rest]: readonly string[]): Promise<boolean> {
  const child = spawn(file, rest, { stdio: 'ignore' });
  return new Promise((resolve) => { child.once('error', () => resolve(false)); child.once('exit', (code) => resolve(code === 0)); });
}

describe.skipIf(process.getuid?.() !== 0 || plan.containment !== 'pidns').each(Object.entries(plans))('a command that root runs as another user, %s', (where, other) => {
  it('is that user and no other, reads no key of root, cannot signal its supervisor, and ends like any other', async () => {
    expect(other.unenforced.filter((one) => !one.includes('process group'))).toEqual([]);
    const out = path.join(folder, 'out');
    chmodSync(folder, 0o711);
    mkdirSync(out, { mode: 0o777 });
    chmodSync(out, 0o777);
    writeFileSync(path.join(folder, 'key'), 'csk_sup_secret', { mode: 0o600 });
    const script = `{ id -u; id -g; id -G; grep -E '^(CapEff|CapPrm|CapInh|NoNewPrivs)' /proc/self/status; cat '${folder}/key'; kill -KILL ${process.pid} && echo killed; } > '${out}/said' 2>&1; mv '${out}/said' '${out}/done'; while :; do sleep 1000; done`;
    const held = await ContainedProcess.start(other, ['bash', '-c', script, 'x', folder], { env: process.env, stdio: 'ignore' });
    await expect.poll(() => existsSync(path.join(out, 'done'))).toBe(true);
    const said = readFileSync(path.join(out, 'done'), 'utf8');
    expect(said.split('\n').slice(0, 3)).toEqual(['47110', '47111', '47111']);
    expect(said).toMatch(/CapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\nNoNewPrivs:\t1/);
    expect(said).toMatch(/key: Permission denied/);
    expect(said).toMatch(where === 'in its group alone' ? /kill: .*Operation not permitted/ : /kill: .*No such process/);
    expect(said).not.toMatch(/killed|csk_sup/);
    expect(await held.kill()).toBe(other.containment === 'pidns' ? 'pidns-empty' : 'group-exited');
    expect(mine()).toEqual([]);
  });

  it.skipIf(other.containment !== 'pidns')('stands still and goes on, and ends with its supervisor, however that was killed', async () => {
    chmodSync(folder, 0o777);
    const held = await startRogue(other);
    expect(await held.freeze()).toBe(true);
    held.thaw();
    expect(await held.kill()).toBe('pidns-empty');
    expect(mine()).toEqual([]);
    rmSync(path.join(folder, 'up'));
    const holder = spawn('bash', ['-c', `"$@" & wait`, 'holder', ...other.wrap(rogueCommand(folder))], { stdio: 'ignore' });
    await rogueIsUp(folder);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await expect.poll(() => mine(), { timeout: 30_000, interval: 20 }).toEqual([]);
  });
});

it('never says more of a process group than that it has exited', async () => {
  const group: ContainmentPlan = { containment: 'process_group', by: 'nothing', unenforced: [], wrap: (command) => [...command] };
  const held = await ContainedProcess.start(group, ['bash', '-c', `trap '' TERM; sleep 1000 & while :; do sleep 1000; done`, 'x', folder], { env: process.env, stdio: 'ignore' });
  expect(await held.kill()).toBe('group-exited');
  expect(mine()).toEqual([]);
});

describe('a namespace that is held', () => {
  it.skipIf(plan.containment !== 'pidns')('keeps its name to itself after its last process, so that nobody else is taken for it', async () => {
    const argv = ['--user', '--map-current-user', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
    const child = spawn('unshare', [...argv, 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] });
    let held: HeldNamespace | undefined;
    await expect.poll(() => (held ??= holdPidNamespace(child.pid!, 'pid_for_children'))?.name, { interval: 5 }).toBeDefined();
    child.stdin.end();
    await once(child, 'exit');
    // The kernel gives a free number out again at once: without the hold, one of these had it.
    const after = Array.from({ length: 16 }, () => execFileSync('unshare', [...argv, 'stat', '-L', '-c', 'pid:[%i]', '/proc/self/ns/pid'], { encoding: 'utf8' }).trim());
    expect(after).not.toContain(held!.name);
    held!.letGo();
  });
});
