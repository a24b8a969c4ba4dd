import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { lockForStep, ofAgent } from './alert-rows';
import { alertIdSchema } from './schema';

/** Says that somebody has seen an alert and looks at it. It goes on counting. Throws `conflict` where somebody was first. */
export async function acknowledgeAlert(ctx: Context, input: unknown): Promise<{ alertId: string; state: 'acknowledged' }> {
  authorise(ctx, 'alert.handle');
  const { alertId } = parseInput(alertIdSchema, input);
  return sqlTransaction(async (tx) => {
    const alert = await lockForStep(tx, alertId, 'acknowledge');
    await tx.rows(`UPDATE alert SET state = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by = $2 WHERE id = $1`, [alertId, JSON.stringify(recordedActor(ctx.actor))]);
    await record(tx, ctx, [organisationEvent('alert.acknowledged', { alertId, rule: alert.rule }, ofAgent(alert.agentId))]);
    return { alertId, state: 'acknowledged' };
  });
}
