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

/** Which gateways said over their own line to control that they hold which order: two lists of the same length. See gateway-line.ts. */
export type Holders = () => { orderIds: readonly string[]; gatewayIds: readonly string[] };
export const noHolders: Holders = () => ({ orderIds: [], gatewayIds: [] });

/**
 * Puts the fence of an order on record once every gateway has acknowledged its generation, holds the order itself, or is closed. Touches
 * the order's row and nothing else: what each target makes of it is looked at afterwards, and must not hold this up.
 */
export async function fenceOrder(ctx: Context, orderId: string, keys: ControlKeys, holders: Holders = noHolders): Promise<boolean> {
  return sqlTransaction(async (tx) => {
    const row = await lockOrder(tx, orderId);
    if (!row) return false;
    if (row.fencedAt !== null) return true;
    // A row that nobody engaged on the record says nothing of itself: control gives it a generation first.
    if (!(await isKnown(tx, ctx, row, keys))) return false;
    const gateways = await tx.rows<{ id: string; acked: bigint; closed_at: Date | null }>(
      'SELECT id, acked_generation AS acked, closed_at FROM gateway WHERE closed_at IS NULL OR closed_at >= $1 ORDER BY id', [row.engagedAt],
    );
    const { orderIds, gatewayIds } = holders();
    const holding = new Set(gatewayIds.filter((_, i) => orderIds[i] === row.id));
    const evidence = gateways.map((gateway) => ({ id: gateway.id, evidence: evidenceOf(row.generation, gateway, holding) }));
    if (evidence.some((one) => one.evidence === undefined)) return false;
    await record(tx, ctx, [organisationEvent('switch.fenced', { orderId: row.id, generation: row.generation, gateways: evidence as { id: string; evidence: string }[] })]);
    // Last, and with its notice in one question: the row is held for as short as it can be.
    await tx.rows('WITH fenced AS (UPDATE switch_order SET fenced_at = clock_timestamp() WHERE id = $1) SELECT pg_notify($2, $3)::text', [row.id, 'cs_switch', JSON.stringify({ orderId: row.id })]);
    return true;
  });
}

function evidenceOf(generation: number, gateway: { id: string; acked: bigint; closed_at: Date | null }, holding: ReadonlySet<string>): string | undefined {
  if (gateway.closed_at !== null) return 'closed: it answers unavailable';
  if (Number(gateway.acked) >= generation) return `acknowledged generation ${Number(gateway.acked)}`;
  return holding.has(gateway.id) ? 'holds the order, by its own line to control' : undefined;
}

/**
 * Moves what became of a fenced order's targets on: a target is confirmed by what target-rules.ts asks for, unreachable when nothing came
 * in time; the order is confirmed when all its targets are. One that is not fenced yet is fenced first, if it can be.
 */
export async function updateFence(ctx: Context, orderId: string, keys: ControlKeys): Promise<FenceState> {
  const settled = (await settle(ctx, orderId, keys)) ?? ((await fenceOrder(ctx, orderId, keys)) ? await settle(ctx, orderId, keys) : undefined);
  return settled ?? { fenced: false, confirmed: false };
}

/** Undefined while it is not fenced. */
async function settle(ctx: Context, orderId: string, keys: ControlKeys): Promise<FenceState | undefined> {
  return sqlTransaction(async (tx) => {
    const row = await lockOrder(tx, orderId);
    if (!row?.fencedAt) return undefined;
    if (row.confirmedAt) return { fenced: true, confirmed: true };
    const events: NewEvent[] = [];
    const moved = await settleTargets(tx, row, events);
    const confirmed = await confirm(tx, ctx, row, keys, events);
    if (!confirmed) await noteUnconfirmed(tx, row, events);
    if (events.length > 0) await record(tx, ctx, events);
    if (events.length > 0 || moved > 0) await notifyMoved(tx, orderId);
    return { fenced: true, confirmed };
  });
}

const isKnown = async (tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys) =>
  heldBy(row, { keys: keys.get(), now: ctx.now() }).every((order) => order.orderJws !== null) || (await isOnRecord(tx, row.id));

const notifyMoved = (tx: Sql, orderId: string) => tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);

/** Only a look after the fence stood counts: before that, a decision under way could still have opened a session. */
async function confirm(tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys, events: NewEvent[]): Promise<boolean> {
  for (const cover of heldBy(row, { keys: keys.get(), now: ctx.now() })) {
    const which = sessionsIn(cover, env().environment, 2);
    if (!which) continue;
    const running = await tx.rows(`SELECT 1 FROM session s WHERE s.state = ANY($1) AND ${which.text} LIMIT 1`, [cover.kind === 'stop' ? ['open', 'lost', 'paused'] : ['open', 'lost'], ...which.params]);
    if (running.length > 0) return false;
    // Stopped before by another order and not proven since: a target of this one too, as soon as it is worked off.
    const unproven = await tx.rows(
      `SELECT 1 FROM switch_target t JOIN session s ON s.id = t.session_id JOIN switch_order o ON o.id = t.order_id
       WHERE t.order_id <> $1 AND o.release_jws IS NULL AND t.confirmed_at IS NULL AND ${which.text} AND NOT EXISTS (SELECT 1 FROM switch_target m WHERE m.order_id = $1 AND m.session_id = t.session_id) LIMIT 1`,
      [row.id, ...which.params],
    );
    if (unproven.length > 0) return false;
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
