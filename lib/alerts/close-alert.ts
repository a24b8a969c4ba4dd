import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { lockForStep, ofAgent } from './alert-rows';
import { closeAlertSchema, type CloseReason } from './schema';

/**
 * Closes an alert with what it turned out to be, which its rule and detector are measured by. Closed is final: what is seen
 * afterwards raises a new one that names this one, so that no word about the past makes anybody blind.
 */
export async function closeAlert(ctx: Context, input: unknown): Promise<{ alertId: string; state: 'closed'; as: CloseReason }> {
  authorise(ctx, 'alert.handle');
  const { alertId, as, note } = parseInput(closeAlertSchema, input);
  return sqlTransaction(async (tx) => {
    const alert = await lockForStep(tx, alertId, 'close');
    await tx.rows(`UPDATE alert SET state = 'closed', closed_at = clock_timestamp(), closed_by = $2, closed_as = $3, note = $4 WHERE id = $1`, [alertId, JSON.stringify(recordedActor(ctx.actor)), as, note || null]);
    await record(tx, ctx, [organisationEvent('alert.closed', { alertId, rule: alert.rule, detector: alert.detector, kind: alert.kind, as, count: alert.count, note: note || null }, ofAgent(alert.agentId))]);
    return { alertId, state: 'closed', as };
  });
}
