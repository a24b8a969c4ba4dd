import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { signOrder, type Order, type Signer } from '@/lib/signing';
import { isOnRecord } from './adopt-stranger';
import { lockOrder, notifySwitch } from './internal';
import { isReleased, signedOrder, type OrderRow } from './rules';
import type { ControlKeys } from './standing-reader';

/** What control signs for a stop or a pause; the id and time are the row's, so signing twice gives the same text. */
export function orderOf(row: Pick<OrderRow, 'id' | 'kind' | 'scope' | 'target' | 'environment' | 'reason' | 'drill'> & { engagedAt: string }): Extract<Order, { kind: 'engage' | 'pause' }> {
  return {
    kind: row.kind === 'pause' ? 'pause' : 'engage', id: row.id, scope: row.scope, issuedAt: row.engagedAt,
    ...(row.target === null ? {} : { target: row.target }), ...(row.environment === null ? {} : { environment: row.environment }),
    ...(row.reason === null ? {} : { reason: row.reason }), ...(row.drill ? { drill: true } : {}),
  };
}

/** Signs one standing order, if it isn't yet. Control alone has the key; its `halt` reaches agents from here on. */
export async function signSwitch(ctx: Context, orderId: string, key: Signer, keys: ControlKeys): Promise<string | undefined> {
  return sqlTransaction(async (tx) => {
    const row = await lockOrder(tx, orderId);
    const check = { keys: keys.get(), now: ctx.now() };
    if (!row || isReleased(row, check)) return undefined;
    if (signedOrder(row, check)) return row.orderJws ?? undefined;
    // One that somebody wrote straight into the database is taken up first, so that its fence is counted from then.
    if (!(await isOnRecord(tx, orderId))) return undefined;
    const orderJws = await signOrder(key, orderOf(row));
    await tx.rows('UPDATE switch_order SET order_jws = $2 WHERE id = $1', [orderId, orderJws]);
    await record(tx, ctx, [organisationEvent('switch.signed', { orderId, scope: row.scope, target: row.target, environment: row.environment, kid: key.kid })]);
    await notifySwitch(tx, row.generation);
    return orderJws;
  });
}
