import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { alertIdSchema } from './schema';

/** Says that a person has looked at what a detector would have stopped. The next one beyond its measure raises a new alert. */
export async function acknowledgeAlert(ctx: Context, input: unknown): Promise<{ alertId: string }> {
  authorise(ctx, 'switch.engage.session');
  if (ctx.actor.kind !== 'person') throw forbidden('An alert takes a person to look at it.');
  const { alertId } = parseInput(alertIdSchema, input);
  return sqlTransaction(async (tx) => {
    const [alert] = await tx.rows<{ name: string; open: boolean; withheld: number }>(
      `SELECT a.name, a.acknowledged_at IS NULL AS open, (SELECT count(*)::int FROM detector_stop s WHERE s.alert_id = a.id) AS withheld FROM detector_alert a WHERE a.id = $1 FOR UPDATE`, [alertId],
    );
    if (!alert) throw notFound('There is no such alert.');
    if (!alert.open) throw conflict('Somebody has looked at this already.');
    await tx.rows('UPDATE detector_alert SET acknowledged_at = clock_timestamp(), acknowledged_by = $2 WHERE id = $1', [alertId, JSON.stringify(recordedActor(ctx.actor))]);
    await record(tx, ctx, [organisationEvent('detector.alert_acknowledged', { alertId, detector: alert.name, withheld: alert.withheld })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ alertId })]);
    return { alertId };
  });
}
