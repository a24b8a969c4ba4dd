import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';

/** Enters a gateway, or opens its row again after somebody closed it; it has acknowledged nothing until it has read the switches. */
export async function openGateway(tx: Sql, ctx: Context, gatewayId: string): Promise<void> {
  const [row] = await tx.rows<{ made: boolean }>(
    `INSERT INTO gateway (id, started_at, seen_at, acked_generation) VALUES ($1, clock_timestamp(), clock_timestamp(), 0)
     ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), acked_generation = 0, closed_at = NULL RETURNING (xmax = 0) AS made`,
    [gatewayId],
  );
  if (row?.made) await record(tx, ctx, [organisationEvent('gateway.started', { gatewayId })]);
}

/** One round trip of a gateway: says that it is alive and how far it has acknowledged (`further` than before: whoever waits for a fence is told); learns the generation, or that its row is closed. */
export async function beat(tx: Sql, gatewayId: string, acknowledged: number, further: boolean): Promise<{ registered: boolean; generation: number }> {
  const [row] = await tx.rows<{ generation: bigint | null; registered: boolean }>(
    `WITH beat AS (
       UPDATE gateway SET seen_at = clock_timestamp(), acked_generation = GREATEST(acked_generation, $2::bigint) WHERE id = $1 AND closed_at IS NULL RETURNING id
     )
     SELECT (SELECT generation FROM switch_generation WHERE id = 1) AS generation, EXISTS (SELECT 1 FROM beat) AS registered, CASE WHEN $3 THEN pg_notify('cs_switch', $4)::text END AS told`,
    [gatewayId, acknowledged, further, JSON.stringify({ gatewayId })],
  );
  if (row?.generation == null) throw new Error('the switches have no generation row; were the migrations applied?');
  return { registered: row.registered, generation: Number(row.generation) };
}

/** Takes a gateway off the list of those that a fence waits for. */
export async function closeGateway(tx: Sql, ctx: Context, gatewayId: string, why: string): Promise<void> {
  const closed = await tx.rows('UPDATE gateway SET closed_at = clock_timestamp() WHERE id = $1 AND closed_at IS NULL RETURNING id', [gatewayId]);
  if (closed.length > 0) await record(tx, ctx, [organisationEvent('gateway.closed', { gatewayId, why })]);
}
