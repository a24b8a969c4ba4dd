import { recordedActor, type Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import type { AlertSeverity } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';

/** Something about this installation that a person must look at, and no session's doing. `about` is how people call what it is about, one alert each. */
export type OwnAlert = { rule: string; severity: AlertSeverity; detector: string; kind: string; about: string };

/** Raises one, unless the same stands already: then it is counted. One at a time a rule; the caller holds what it is about. */
export async function raiseOwnAlert(tx: Sql, ctx: Context, { rule, severity, detector, kind, about }: OwnAlert): Promise<void> {
  const counted = await tx.rows(`UPDATE alert SET count = count + 1, last_at = clock_timestamp() WHERE rule = $1 AND about = $2 AND state <> 'closed' RETURNING id`, [rule, about]);
  if (counted.length > 0) return;
  const alertId = newId();
  await tx.rows(
    `INSERT INTO alert (id, rule, severity, act, detector, kind, about, count, first_at, last_at, raised_at, evidence) VALUES ($1, $2, $3, 'page', $4, $5, $6, 1, clock_timestamp(), clock_timestamp(), clock_timestamp(), '[]')`,
    [alertId, rule, severity, detector, kind, about]);
  await record(tx, ctx, [organisationEvent('alert.raised', { alertId, rule, severity, act: 'page', detector, kind, about })]);
}

/** It is over by itself: whatever stands of it is closed, as something that was real. */
export async function closeOwnAlert(tx: Sql, ctx: Context, { rule, about, note }: { rule: string; about: string; note: string }): Promise<void> {
  const closed = await tx.rows<{ id: string; detector: string; kind: string; count: number }>(
    `UPDATE alert SET state = 'closed', closed_at = clock_timestamp(), closed_by = $2, closed_as = 'true', note = $3 WHERE rule = $1 AND about = $4 AND state <> 'closed' RETURNING id, detector, kind, count`, [rule, JSON.stringify(recordedActor(ctx.actor)), note, about]);
  await record(tx, ctx, closed.map(({ id, detector, kind, count }) => organisationEvent('alert.closed', { alertId: id, rule, detector, kind, as: 'true' as const, count, note })));
}
