import type { Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { startedByDrill } from './drill-orders';
import type { FullOrderRow } from './internal';

/** How much later than a lease's end we say that it lapsed. */
const LEASE_MARGIN_MS = 500;
/** The same of a supervisor's: control may have been away and not noted yet that it has come back. */
const SUPERVISOR_MARGIN_MS = 5_000;

/**
 * The rule of target-rules.ts in SQL, over `switch_target t` joined to its supervisor `v`: whether what is known proves that it has
 * stopped. `$margin` is the number of the parameter with the supervisor's margin in seconds. A test holds the two together.
 */
export const provenSql = (margin: number) => `(t.exit_evidence IN ('cgroup-empty', 'pidns-empty')
  OR (t.lease_lapsed_at IS NOT NULL AND (${unheld} OR ${silent(margin)}))
  OR (t.acknowledged_at IS NOT NULL AND ${unheld}))`;
const unheld = `(v.agent_id IS NULL OR t.exit_asked IS FALSE)`;
// A control process that is away from the database may keep the process alive without anybody knowing: each of them has to have said since that it does not.
const everyControlSaidSo = `(v.links <= 1 OR v.links <= (SELECT count(*) FROM control_process c WHERE c.id = ANY(v.controls) AND c.noted_until >= v.holds_until))`;
const silent = (margin: number) => `(v.exited_at IS NOT NULL OR (v.holds_until < clock_timestamp() - make_interval(secs => $${margin}) AND ${everyControlSaidSo}))`;

const WITH_SUPERVISOR = `switch_target x JOIN session s ON s.id = x.session_id LEFT JOIN supervisor v ON v.agent_id = s.agent_id AND v.instance_id = x.instance_id`;

/** Moves the targets of a fenced order on by what is known now. Returns how many moved. */
export async function settleTargets(tx: Sql, row: FullOrderRow, events: NewEvent[]): Promise<number> {
  // Sessions that were snapshotted after the fence stood are behind it from their first moment.
  const fenced = await tx.rows(`UPDATE switch_target SET fenced_at = greatest($2::timestamptz, ordered_at), state = CASE state WHEN 'ordered' THEN 'fenced' ELSE state END WHERE order_id = $1 AND fenced_at IS NULL RETURNING session_id`, [row.id, row.fencedAt]);
  if (row.kind === 'pause') return fenced.length + (await lapse(tx, row));
  const exited = await tx.rows(
    `UPDATE switch_target t SET state = 'exited', exited_at = v.exited_at, ended_at = v.exited_at, exit_evidence = v.exit_evidence, evidence = 'its supervisor said so (' || v.exit_evidence || ')'
     FROM supervisor v, session s WHERE t.order_id = $1 AND t.exited_at IS NULL AND s.id = t.session_id AND v.agent_id = s.agent_id AND v.instance_id = t.instance_id AND v.exited_at >= s.opened_at RETURNING t.session_id`,
    [row.id],
  );
  // What is settled by the agent's word stays so when its lease ends later.
  const first = await confirmTargets(tx, row);
  const lapsed = await lapse(tx, row);
  const silence = await tx.rows(
    `UPDATE switch_target SET state = 'unreachable', unreachable_at = clock_timestamp(), evidence = 'it renews its lease, but has not acknowledged the stop'
     WHERE order_id = $1 AND state = 'fenced' AND ordered_at < clock_timestamp() - make_interval(secs => $2) RETURNING session_id`,
    [row.id, windowMs() / 1_000],
  );
  if (silence.length > 0) events.push(organisationEvent('switch.unreachable', { orderId: row.id, sessions: silence.length }));
  const second = lapsed > 0 ? await confirmTargets(tx, row) : 0;
  return fenced.length + exited.length + first + lapsed + silence.length + second;
}

/** Says once that the time for confirming a stop is over, with what still isn't. */
export async function noteUnconfirmed(tx: Sql, row: FullOrderRow, events: NewEvent[]): Promise<void> {
  if (row.kind !== 'stop' || row.unconfirmedAt !== null) return;
  const open = await tx.rows<{ instance_id: string; n: number }>(
    `SELECT instance_id, count(*)::int AS n FROM switch_target WHERE order_id = $1 AND confirmed_at IS NULL AND ordered_at < clock_timestamp() - make_interval(secs => $2) GROUP BY instance_id ORDER BY instance_id`,
    [row.id, windowMs() / 1_000],
  );
  // A drill says by itself what was not confirmed, and calls nobody for its own.
  if (open.length === 0 || (row.drill && row.target !== null && (await startedByDrill(tx, row.target)))) return;
  await tx.rows('UPDATE switch_order SET unconfirmed_at = clock_timestamp() WHERE id = $1', [row.id]);
  events.push(organisationEvent('switch.unconfirmed', { orderId: row.id, sessions: open.reduce((sum, { n }) => sum + n, 0), instances: open.slice(0, 100).map((one) => one.instance_id) }));
}

/** Within this every target has acknowledged, exited or lost its lease, or something is wrong. */
const windowMs = () => 2 * env().leaseMs;

async function lapse(tx: Sql, row: FullOrderRow): Promise<number> {
  const lapsed = await tx.rows(
    `UPDATE switch_target t SET lease_lapsed_at = clock_timestamp(), ended_at = coalesce(t.ended_at, clock_timestamp()), state = CASE t.state WHEN 'exited' THEN t.state ELSE 'lease_lapsed' END,
       evidence = CASE t.state WHEN 'exited' THEN t.evidence || '; ' ELSE '' END || coalesce('its lease ended at ' || to_char(i.lease_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'it holds no lease') || '; its client refuses every call by itself'
     FROM instance i WHERE t.order_id = $1 AND t.state IN ('fenced', 'unreachable', 'acknowledged', 'exited') AND t.confirmed_at IS NULL AND t.lease_lapsed_at IS NULL AND i.id = t.instance_id
       AND (i.lease_expires_at IS NULL OR i.lease_expires_at < clock_timestamp() - make_interval(secs => $2)) RETURNING t.session_id`,
    [row.id, LEASE_MARGIN_MS / 1_000],
  );
  return lapsed.length;
}

async function confirmTargets(tx: Sql, row: FullOrderRow): Promise<number> {
  const confirmed = await tx.rows(
    `UPDATE switch_target t SET confirmed_at = clock_timestamp() FROM ${WITH_SUPERVISOR}
     WHERE t.order_id = $1 AND x.order_id = t.order_id AND x.session_id = t.session_id AND t.confirmed_at IS NULL AND t.fenced_at IS NOT NULL AND ${provenSql(2)} RETURNING t.session_id`,
    [row.id, SUPERVISOR_MARGIN_MS / 1_000],
  );
  return confirmed.length;
}
