import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isAlive } from '@/lib/db/embedded-postmaster';
import { projectRoot } from '@/lib/project-root';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-signals-'));
  // Started by root, Postgres runs as somebody else, who has to get there.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the suite with a folder of its own for what it throws away, and answers when it says that it is ready for the signal. */
async function endedBy(signal: NodeJS.Signals, ready: (stage: string) => boolean): Promise<{ code: number | null; signal: NodeJS.Signals | null; postmaster: number | undefined }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--no-turbo-inline-js-wasm-calls', 'bench/attack.ts', '--case', 'direct-self-approval'], { cwd: projectRoot(), env: { ...process.env, TMPDIR: folder, NODE_ENV: 'production' }, stdio: 'ignore' });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.once('close', (code, by) => resolve({ code, signal: by })));
  const stageOf = () => { const name = readdirSync(folder).find((entry) => entry.startsWith('countersign-bench-')); return name === undefined ? undefined : path.join(folder, name); };
  try {
    await vi.waitFor(() => expect(stageOf() !== undefined && ready(stageOf()!)).toBe(true), { timeout: 30_000, interval: 20 });
    const postmaster = lockOf(stageOf()!);
    child.kill(signal);
    return { ...(await ended), postmaster };
  } finally {
    child.kill('SIGKILL');
  }
}

const lockFile = (stage: string) => path.join(stage, 'postgres', 'cluster', 'postmaster.pid');
const lockOf = (stage: string): number | undefined => (existsSync(lockFile(stage)) ? Number(readFileSync(lockFile(stage), 'utf8').split('\n')[0]) : undefined);

/** The processes that stand below a folder, as every process of a Postgres stands in its own. */
const standingIn = (place: string): string[] => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && isAlive(Number(entry))).filter((entry) => {
  try { return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(place); } catch { return false; }
});

it('leaves no Postgres and no folder behind when it is ended with its database up', async () => {
  const { code, postmaster } = await endedBy('SIGTERM', (stage) => existsSync(lockFile(stage)) && readFileSync(lockFile(stage), 'utf8').includes('ready'));
  expect(code).toBe(143);
  expect(postmaster).toBeGreaterThan(1);
  expect(isAlive(postmaster!)).toBe(false);
  expect(readdirSync(folder).filter((entry) => entry.startsWith('countersign-bench-'))).toEqual([]);
}, 60_000);

it.runIf(process.platform === 'linux')('nor when it is interrupted while the database is only being made', async () => {
  const { code, postmaster } = await endedBy('SIGINT', (stage) => existsSync(path.join(stage, 'postgres')));
  expect(code).toBe(130);
  expect(postmaster).toBeUndefined();
  expect(standingIn(folder)).toEqual([]);
  expect(readdirSync(folder).filter((entry) => entry.startsWith('countersign-bench-'))).toEqual([]);
}, 60_000);
