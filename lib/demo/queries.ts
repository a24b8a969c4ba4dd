import { prisma } from '@/lib/db';
import { env } from '@/lib/env';
import { countEffects, runFolder } from './effects';
import type { DemoState } from './schema';

/** Whether the demo fleet runs, and what its tools have done so far. `now` is for judging whether its worker is still alive. */
export async function demoState(now = new Date()): Promise<DemoState> {
  const row = await prisma().demoFleet.findUnique({ where: { id: 1 } });
  if (!row) return { running: false, wanted: false, runId: null, seed: null, since: null, trouble: null, effects: null };
  const running = row.wanted && row.startedAt !== null && row.keptUntil !== null && row.keptUntil > now;
  return {
    running, wanted: row.wanted, runId: row.runId, seed: row.seed,
    since: row.wanted ? (row.startedAt ?? row.askedAt).toISOString() : null,
    trouble: row.wanted ? row.trouble : null,
    effects: await countEffects(runFolder(env().dataDir, row.runId)),
  };
}
