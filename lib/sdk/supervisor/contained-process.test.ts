import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainedProcess } from './contained-process';
import { planContainment, type ContainmentPlan } from './containment';
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
    await expect.poll(() => mine(), { timeout: 5_000, interval: 20 }).toEqual([]);
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

it('never says more of a process group than that it has exited', async () => {
  const group: ContainmentPlan = { containment: 'process_group', by: 'nothing', unenforced: [], wrap: (command) => [...command] };
  const held = await ContainedProcess.start(group, ['bash', '-c', `trap '' TERM; sleep 1000 & while :; do sleep 1000; done`, 'x', folder], { env: process.env, stdio: 'ignore' });
  expect(await held.kill()).toBe('group-exited');
  expect(mine()).toEqual([]);
});
