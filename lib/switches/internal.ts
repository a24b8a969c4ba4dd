import { recordedActor, type Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { readableCover, type OrderRow } from './rules';
import { pendingReleaseSchema, rowActorSchema, type OrderState, type OrderView, type RowActor } from './schema';

/** A row of switch_order as this room reads it. */
export type FullOrderRow = OrderRow & {
  engagedBy: unknown; matched: unknown; fencedAt: Date | null; confirmedAt: Date | null; unconfirmedAt: Date | null;
  releaseRequestedAt: Date | null; releaseRequestedBy: unknown; releaseAssertions: unknown; releaseSeen: unknown; releasedAt: Date | null; epoch: number | null;
};

export const ORDER_COLUMNS = `id, kind, scope, target, environment, state, reason, drill, engaged_by AS "engagedBy", engaged_at AS "engagedAt", generation,
  order_jws AS "orderJws", matched, fenced_at AS "fencedAt", confirmed_at AS "confirmedAt", unconfirmed_at AS "unconfirmedAt", release_requested_at AS "releaseRequestedAt",
  release_requested_by AS "releaseRequestedBy", release_assertions AS "releaseAssertions", release_seen AS "releaseSeen", released_at AS "releasedAt", release_jws AS "releaseJws", epoch`;

type Raw = Omit<FullOrderRow, 'engagedAt' | 'generation' | 'epoch'> & { engagedAt: Date; generation: bigint | number; epoch: bigint | number | null };

export async function readOrders(tx: Sql, where: string, params: readonly unknown[] = []): Promise<FullOrderRow[]> {
  return (await tx.rows<Raw>(`SELECT ${ORDER_COLUMNS} FROM switch_order ${where}`, params)).map(asRead);
}

/** Moves the generation on and enters an order with it, in one question; tells everybody who listens, at commit. */
export async function enterOrder(tx: Sql, order: { id: string; kind: string; scope: string; target: string | null; environment: string | null; reason: string | null; drill: boolean; engagedBy: string; engagedAt: Date; orderJws: string | null; generation: number }): Promise<FullOrderRow> {
  const { id, kind, scope, target, environment, reason, drill, engagedBy, engagedAt, orderJws, generation } = order;
  const [row] = await tx.rows<Raw>(
    `WITH moved AS (UPDATE switch_generation SET generation = $10 WHERE id = 1), told AS (SELECT pg_notify('cs_switch', $12)),
     entered AS (INSERT INTO switch_order (id, kind, scope, target, environment, reason, drill, engaged_by, engaged_at, generation, order_jws) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) RETURNING *)
     SELECT ${ORDER_COLUMNS} FROM entered, told`,
    [id, kind, scope, target, environment, reason, drill, engagedBy, engagedAt, generation, orderJws, JSON.stringify({ generation })],
  );
  return asRead(row!);
}

function asRead(row: Raw): FullOrderRow {
  return { ...row, ...readableCover(row), engagedAt: row.engagedAt.toISOString(), generation: Number(row.generation), epoch: row.epoch === null ? null : Number(row.epoch) };
}

/** The row of one order, locked until the transaction ends. Its id never changes, so whoever only adds a target to it does not wait. */
export async function lockOrder(tx: Sql, id: string): Promise<FullOrderRow | undefined> {
  return (await readOrders(tx, 'WHERE id = $1 FOR NO KEY UPDATE', [id]))[0];
}

export function orderState(row: FullOrderRow): OrderState {
  if (row.state === 'released') return { state: 'released', at: (row.releasedAt ?? new Date(0)).toISOString(), epoch: row.epoch ?? 0 };
  const pending = row.releaseRequestedAt === null ? undefined : pendingReleaseSchema.safeParse(row.releaseRequestedBy);
  // A request that cannot be read is none: the order simply stands.
  if (!row.releaseRequestedAt || !pending?.success) return { state: 'engaged' };
  return { state: 'release_requested', at: row.releaseRequestedAt.toISOString(), pending: pending.data };
}

export function orderView(row: FullOrderRow): OrderView {
  const matched = row.matched as { sessions?: unknown; instances?: unknown; approvals?: unknown } | null;
  const actor = rowActorSchema.safeParse(row.engagedBy);
  return {
    id: row.id, kind: row.kind, scope: row.scope, target: row.target, environment: row.environment, reason: row.reason, drill: row.drill,
    issuedAt: row.engagedAt, engagedBy: actor.success ? actor.data : { kind: 'system', id: 'unknown' }, generation: row.generation,
    signed: row.orderJws !== null, orderJws: row.orderJws, state: orderState(row),
    matched: matched ? { sessions: Number(matched.sessions ?? 0), instances: Number(matched.instances ?? 0), approvals: Number(matched.approvals ?? 0) } : null,
    fencedAt: row.fencedAt?.toISOString() ?? null, confirmedAt: row.confirmedAt?.toISOString() ?? null, unconfirmedAt: row.unconfirmedAt?.toISOString() ?? null,
  };
}

export function rowActor(ctx: Context): RowActor {
  return recordedActor(ctx.actor);
}

/** Takes the switches' turn: every change of them waits here, so two can never miss each other. Returns the generation so far. */
export async function lockGeneration(tx: Sql): Promise<number> {
  // In one question, since a stop waits for each: the row is locked last of all that a statement does, so the time limit holds by then.
  const [row] = await tx.rows<{ generation: bigint }>(`WITH most AS MATERIALIZED (SELECT set_config('lock_timeout', '5s', true) AS wait) SELECT g.generation FROM most, switch_generation g WHERE g.id = 1 AND most.wait IS NOT NULL FOR UPDATE OF g`);
  if (!row) throw new Error('the switches have no generation row; were the migrations applied?');
  return Number(row.generation);
}

/** Moves the generation on and tells everybody who listens, at commit. */
export async function bumpGeneration(tx: Sql, from: number): Promise<number> {
  const generation = from + 1;
  await tx.rows(`WITH moved AS (UPDATE switch_generation SET generation = $1 WHERE id = 1) SELECT pg_notify('cs_switch', $2)::text`, [generation, JSON.stringify({ generation })]);
  return generation;
}

export const notifySwitch = (tx: Sql, generation: number) => tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ generation })]);
