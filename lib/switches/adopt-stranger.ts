import type { Context } from '@/lib/context';
import { sql, sqlTransaction, type Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { bumpGeneration, lockGeneration, lockOrder } from './internal';

/**
 * Takes up an order that somebody wrote straight into the database: it stops like any other, and what its row says of its own
 * generation, fence and confirmation, or of being a drill, counts for nothing. From here on every gateway must say that it has read it. Returns whether it was one.
 */
export async function adoptStranger(ctx: Context, orderId: string): Promise<boolean> {
  if (await isOnRecord(sql, orderId)) return false;
  return sqlTransaction(async (tx) => {
    const from = await lockGeneration(tx);
    const row = await lockOrder(tx, orderId);
    if (!row || (await isOnRecord(tx, orderId))) return false;
    const generation = await bumpGeneration(tx, from);
    await tx.rows('UPDATE switch_order SET generation = $2, engaged_at = least(engaged_at, clock_timestamp()), fenced_at = NULL, confirmed_at = NULL, drill = false WHERE id = $1', [orderId, generation]);
    const { kind, scope, target, environment } = row;
    await record(tx, ctx, [organisationEvent('switch.found', { orderId, kind, scope, target, environment, generation })]);
    return true;
  });
}

/** Whether an order was engaged by a verb, or taken up since. The newest events are looked at first, where an honest one is found at once. */
export async function isOnRecord(tx: Sql, orderId: string): Promise<boolean> {
  const rows = await tx.rows(
    `SELECT 1 FROM log.event WHERE stream = 'org/switches' AND type IN ('switch.engaged', 'switch.found') AND position($1 IN body) > 0 ORDER BY seq DESC LIMIT 1`, [`"orderId":"${orderId}"`],
  );
  return rows.length > 0;
}
