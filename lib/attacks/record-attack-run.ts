import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { conflict } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { bundleOf } from '@/lib/policies';
import { newId } from '@/lib/protocol/ids';
import { missesOf } from './rules';
import { attackRunSchema, type AttackRun } from './schema';

export type RecordedRun = { runId: string; held: boolean; misses: string[] };

/**
 * Puts a run of the suite on the record, for the bundle that it ran against, which must be one of this installation's. Whether it
 * held is judged here, by that bundle's own thresholds, and not taken from whoever ran it. Throws `conflict` for an unknown bundle.
 */
export async function recordAttackRun(ctx: Context, input: AttackRun): Promise<RecordedRun> {
  authorise(ctx, 'attack.record');
  const run = parseInput(attackRunSchema, input);
  return write<RecordedRun>(ctx, async (tx) => {
    const row = await tx.bundle.findUnique({ where: { sequence: run.bundle.sequence }, select: { sha256: true } });
    const bundle = row?.sha256 === run.bundle.sha256 ? await bundleOf(run.bundle.sequence) : undefined;
    if (!bundle) throw conflict(`Bundle ${run.bundle.sequence} (${run.bundle.sha256.slice(0, 12)}) was never in force here. Run the suite against one that was: npm run attack -- --record.`);
    const classes = Object.entries(run.classes).flatMap(([name, counts]) => (counts ? [[name as keyof typeof run.classes, counts] as const] : []));
    const misses = missesOf(new Map(classes), bundle.attackSuite);
    const runId = newId();
    return {
      view: { runId, held: misses.length === 0, misses },
      events: [organisationEvent('attack.run', { runId, sequence: run.bundle.sequence, sha256: run.bundle.sha256, suiteSha256: run.suite.sha256, cases: run.suite.cases, version: run.version, seed: run.seed, held: misses.length === 0, misses, classes: Object.fromEntries(classes) })],
    };
  });
}
