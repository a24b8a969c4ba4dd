import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { organisationEvent, record, type NewEvent } from '@/lib/log';
import { MAX_SWITCH_VIEW_AGE_MS } from '@/lib/protocol/limits';
import { isOnRecord } from './adopt-stranger';
import { sessionsIn } from './cover-sql';
import { lockOrder, type FullOrderRow } from './internal';
import { heldBy } from './rules';
import { noteUnconfirmed, settleTargets } from './settle-targets';
import type { ControlKeys } from './standing-reader';

/** A gateway counts its two seconds from before it asked, the database from when it answered; the rest is for clocks that run unevenly. */
const GATEWAY_GONE_MS = MAX_SWITCH_VIEW_AGE_MS + 500;

export type FenceState = { fenced: boolean; confirmed: boolean };

/** Closes gateways that have not read the switches for so long that they answer `unavailable` by themselves. Returns how many. */
export async function closeStaleGateways(ctx: Context): Promise<number> {
  return sqlTransaction(async (tx) => {
    const closed = await tx.rows<{ id: string }>(
      `UPDATE gateway SET closed_at = clock_timestamp() WHERE closed_at IS NULL AND seen_at < clock_timestamp() - make_interval(secs => $1) RETURNING id`, [GATEWAY_GONE_MS / 1000],
    );
    await record(tx, ctx, closed.map(({ id }) => organisationEvent('gateway.closed', { gatewayId: id, why: 'its view of the switches is older than 2 s, so it answers unavailable' })));
    return closed.length;
  });
}

/**
 * Moves an order on by what is known now: fenced when every gateway has acknowledged its generation or is closed; a target
 * confirmed by what target-rules.ts asks for, unreachable when nothing came in time; the order confirmed when all its targets are.
 */
export async function updateFence(ctx: Context, orderId: string, keys: ControlKeys): Promise<FenceState> {
  return sqlTransaction(async (tx) => {
    const row = await lockOrder(tx, orderId);
    if (!row) return { fenced: false, confirmed: false };
    const events: NewEvent[] = [];
    const known = heldBy(row, { keys: keys.get(), now: ctx.now() }).every((order) => order.orderJws !== null) || (await isOnRecord(tx, orderId));
    // A row that nobody engaged on the record says nothing of itself: control gives it a generation first.
    if (!known) return { fenced: false, confirmed: false };
    if (row.confirmedAt) return { fenced: true, confirmed: true };
    const fenced = row.fencedAt !== null || (await fence(tx, row, events));
    // The moment the fence stands is on record at once; what became of each target is looked at afterwards.
    const moved = row.fencedAt !== null ? await settleTargets(tx, row, events) : 0;
    const confirmed = row.fencedAt !== null && (await confirm(tx, ctx, row, keys, events));
    if (fenced && !confirmed) await noteUnconfirmed(tx, row, events);
    if (events.length > 0) await record(tx, ctx, events);
    if (events.length > 0 || moved > 0) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);
    return { fenced, confirmed };
  });
}

async function fence(tx: Sql, row: FullOrderRow, events: NewEvent[]): Promise<boolean> {
  const gateways = await tx.rows<{ id: string; acked: bigint; closed_at: Date | null }>(
    'SELECT id, acked_generation AS acked, closed_at FROM gateway WHERE closed_at IS NULL OR closed_at >= $1 ORDER BY id', [row.engagedAt],
  );
  if (gateways.some((gateway) => gateway.closed_at === null && Number(gateway.acked) < row.generation)) return false;
  await tx.rows(
    `WITH fenced AS (UPDATE switch_order SET fenced_at = clock_timestamp() WHERE id = $1)
     UPDATE switch_target SET fenced_at = clock_timestamp(), state = CASE state WHEN 'ordered' THEN 'fenced' ELSE state END WHERE order_id = $1 AND fenced_at IS NULL`, [row.id],
  );
  events.push(organisationEvent('switch.fenced', {
    orderId: row.id, generation: row.generation,
    gateways: gateways.map((gateway) => ({ id: gateway.id, evidence: gateway.closed_at === null ? `acknowledged generation ${Number(gateway.acked)}` : 'closed: it answers unavailable' })),
  }));
  return true;
}

/** Only a look after the fence stood counts: before that, a decision under way could still have opened a session. */
async function confirm(tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys, events: NewEvent[]): Promise<boolean> {
  for (const cover of heldBy(row, { keys: keys.get(), now: ctx.now() })) {
    const which = sessionsIn(cover, env().environment, 2);
    if (!which) continue;
    const running = await tx.rows(`SELECT 1 FROM session s WHERE s.state = ANY($1) AND ${which.text} LIMIT 1`, [cover.kind === 'stop' ? ['open', 'lost', 'paused'] : ['open', 'lost'], ...which.params]);
    if (running.length > 0) return false;
  }
  // Asked after the sessions, never before: one that is being stopped right now is still running in the question above, or a target in this one.
  const [open] = await tx.rows<{ n: number }>(`SELECT count(*)::int AS n FROM switch_target WHERE order_id = $1 AND ${row.kind === 'pause' ? `state = 'ordered'` : 'confirmed_at IS NULL'}`, [row.id]);
  if ((open?.n ?? 0) > 0) return false;
  // An approval that was being written while its session was stopped is cancelled by the next portion.
  const asked = await tx.rows(`SELECT 1 FROM approval a JOIN switch_target t ON t.session_id = a.session_id WHERE t.order_id = $1 AND a.state IN ('pending', 'partially_approved', 'approved') LIMIT 1`, [row.id]);
  if (row.kind === 'stop' && asked.length > 0) return false;
  const [counted] = await tx.rows<{ sessions: number }>('SELECT count(*)::int AS sessions FROM switch_target WHERE order_id = $1', [row.id]);
  await tx.rows('UPDATE switch_order SET confirmed_at = clock_timestamp() WHERE id = $1', [row.id]);
  events.push(organisationEvent('switch.confirmed', { orderId: row.id, sessions: counted?.sessions ?? 0, unreachable: 0 }));
  return true;
}
