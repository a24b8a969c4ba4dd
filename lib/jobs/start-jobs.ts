import type { Logger } from 'pino';
import { isDatabaseAway, listen } from '@/lib/db';
import { Rounds } from '@/lib/rounds';
import type { Job } from './table-of-contents';

export type RunningJobs = {
  /** Runs everything that is due now, also what waits for its time. */
  wakeAll(): void;
  stop(): Promise<void>;
};

const RETRY_MS = 500;

/** Runs the jobs until stopped: by their clocks, and at once when a notice is about them. Outlives a database that goes away. */
export async function startJobs(jobs: readonly Job[], logger: Logger, url?: string): Promise<RunningJobs> {
  const away = new Set<string>();
  const running = jobs.map((job) => ({
    job,
    rounds: new Rounds(async () => {
      const pause = await job.run();
      if (away.delete(job.name) && away.size === 0) logger.info('the database is back');
      // A timer may not fire early, and never so late that it overflows.
      return Math.min(Math.max(0, Math.ceil(pause)), 24 * 60 * 60_000);
    }, RETRY_MS, (error) => {
      if (!isDatabaseAway(error)) { logger.error({ err: error, job: job.name }, 'a job failed; it is tried again'); return; }
      if (away.size === 0) logger.warn({ err: error }, 'the database is away; jobs wait for it');
      away.add(job.name);
    }),
  }));
  const wakeAll = () => { for (const { rounds } of running) rounds.wake(); };
  wakeAll();
  const channels = ['cs_log', 'cs_approval', 'cs_switch', 'cs_checkpoint', 'cs_demo', 'cs_erasure', 'cs_notify'] as const;
  const listening = await listen(channels, (channel, payload) => {
    for (const { job, rounds } of running) if (job.wakes?.(channel, payload)) rounds.wake();
  }, wakeAll, url);
  return {
    wakeAll,
    async stop() {
      await listening.stop();
      await Promise.all(running.map(({ rounds }) => rounds.stop()));
    },
  };
}
