import { randomBytes } from 'node:crypto';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { isForgotten, lockFleet, tellWorkers } from './fleet-row';
import { startDemoSchema, type StartDemo } from './schema';

export type StartedDemo = { runId: string; seed: string; /** False where a run was on already. */ started: boolean };

/** Asks for the demo fleet: a worker starts it within a moment. One run at a time; asking again answers the run that is on. */
export async function startDemo(ctx: Context, input: StartDemo = {}): Promise<StartedDemo> {
  authorise(ctx, 'demo.run');
  const { seed = randomBytes(6).toString('hex') } = parseInput(startDemoSchema, input);
  return write<StartedDemo>(ctx, async (tx) => {
    const runId = newId();
    const run = { runId, seed, wanted: true, askedAt: ctx.now(), keeper: null, keptUntil: null, startedAt: null, trouble: null };
    // Two who press at once meet on this row: one writes it, the other reads what was written.
    const { count } = await tx.demoFleet.createMany({ data: { id: 1, ...run }, skipDuplicates: true });
    if (count === 0) {
      const row = (await lockFleet(tx))!;
      if (row.wanted && !isForgotten(row)) return { view: { runId: row.runId, seed: row.seed, started: false }, unchanged: true };
      await tx.demoFleet.update({ where: { id: 1 }, data: run });
    }
    await tellWorkers(tx);
    return { view: { runId, seed, started: true }, events: [organisationEvent('demo.started', { runId, seed })] };
  });
}
