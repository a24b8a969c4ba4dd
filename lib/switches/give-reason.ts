import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { orderView, readOrders } from './internal';
import { reasonInputSchema, type OrderView } from './schema';

/** Says after the press why something was stopped; a later word stands beside the earlier one in the record. */
export async function giveReason(ctx: Context, input: unknown): Promise<OrderView> {
  const { orderId, reason } = parseInput(reasonInputSchema, input);
  authorise(ctx, 'switch.engage.session');
  return sqlTransaction(async (tx) => {
    const [row] = await tx.rows<{ id: string }>('UPDATE switch_order SET reason = $2 WHERE id = $1 RETURNING id', [orderId, reason]);
    if (!row) throw notFound('There is no such stop.');
    await record(tx, ctx, [organisationEvent('switch.reason_given', { orderId, reason })]);
    const [order] = await readOrders(tx, 'WHERE id = $1', [orderId]);
    return orderView(order!);
  });
}
