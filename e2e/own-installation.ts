import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from '@playwright/test';
import { startCountersign, type RunningCountersign } from '@/lib/testing/running-countersign';
import { childrenOf, postmasterOf } from './processes';

const told = ['E2E_URL', 'E2E_DATA_DIR'] as const;

/** An installation of a spec's own, started before its tests and ended after them, with so long for people to decide about what may leave (milliseconds). `product` and all that stands on it speak of this one meanwhile. */
export function ownInstallation(decideByMs: number) {
  let running: RunningCountersign | undefined;
  let before: (string | undefined)[] = [];
  const now = (): RunningCountersign => { if (!running) throw new Error('It runs within the tests, not before them.'); return running; };
  const stage = async (...args: string[]) => (await promisify(execFile)(process.execPath, ['--import', 'tsx', 'e2e/stage-story.ts', ...args], { env: { ...process.env, DATA_DIR: now().dataDir } })).stdout;
  test.beforeAll(async () => {
    before = told.map((name) => process.env[name]);
    running = await startCountersign();
    Object.assign(process.env, { E2E_URL: running.url, E2E_DATA_DIR: running.dataDir });
    await stage('publish', String(decideByMs));
  });
  test.afterAll(async () => {
    told.forEach((name, index) => { if (before[index] === undefined) delete process.env[name]; else process.env[name] = before[index]; });
    await running?.stop();
  });
  return {
    get url() { return now().url; },
    stage,
    /** As a machine that loses its power: nobody says goodbye, the database least of all. */
    killEverything(): void {
      const { pid, dataDir } = now();
      // Frozen first, so that it starts nothing that was not counted.
      process.kill(pid, 'SIGSTOP');
      for (const one of new Set([...childrenOf(pid).map((child) => child.pid), postmasterOf(dataDir), pid])) process.kill(one, 'SIGKILL');
    },
    async startAgain(): Promise<void> { running = await startCountersign({ again: now() }); },
  };
}
