import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { databaseTime, sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { drillView, readDrills, readTargets, tellOfDrill } from './rows';
import { judgeDrill, spreadOf } from './rules';
import type { DrillVerdict, DrillView } from './schema';

/**
 * Closes a drill, once, with what its rogues showed; from here on nobody changes it, and control undoes its stops. `cutShort`: it was
 * ended in the middle, for this reason, which is never a pass.
 */
export async function finishDrill(ctx: Context, drillId: string, cutShort?: { verdict: DrillVerdict; interrupted: boolean; said: string }): Promise<DrillView | undefined> {
  authorise(ctx, 'drill.run');
  return sqlTransaction(async (tx) => {
    const [row] = await readDrills(tx, 'WHERE id = $1 FOR UPDATE', [drillId]);
    if (!row || row.state === 'finished') return undefined;
    const targets = await readTargets(tx, drillId);
    const { verdict, said } = cutShort ?? judgeDrill(targets);
    const interrupted = cutShort?.interrupted ?? false;
    const spread = spreadOf(targets);
    await tx.rows(
      `UPDATE drill SET state = 'finished', turn = NULL, finished_at = $2, verdict = $3, interrupted = $4, said = $5, fenced_p50_ms = $6, fenced_p99_ms = $7, confirmed_p50_ms = $8, confirmed_p99_ms = $9 WHERE id = $1`,
      [drillId, await databaseTime(tx), verdict, interrupted, said, spread.fencedP50Ms, spread.fencedP99Ms, spread.confirmedP50Ms, spread.confirmedP99Ms],
    );
    const rogues = targets.map(({ rogue, verdict: found, orderId, fencedMs, confirmedMs, goneMs, evidence }) => ({ rogue, verdict: found ?? 'not_run', orderId, fencedMs, confirmedMs, goneMs, evidence }));
    await record(tx, ctx, [organisationEvent('drill.finished', { drillId, verdict, interrupted, said, ...spread, rogues })]);
    await tellOfDrill(tx, drillId);
    return drillView((await readDrills(tx, 'WHERE id = $1', [drillId]))[0]!);
  });
}
