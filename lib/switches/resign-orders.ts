import type { Context } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { verifyOrder } from '@/lib/protocol/order';
import { jwsHeader, ORDER_TYP, signOrder, type Signer } from '@/lib/signing';
import { lockOrder, notifySwitch, readOrders } from './internal';
import type { ControlKeys } from './standing-reader';

const PORTION = 100;

/** How many signatures on stops and releases rest on a key. */
export async function ordersSignedBy(kid: string): Promise<number> {
  const [row] = await sql.rows<{ count: number }>('SELECT count(*)::float8 AS count FROM switch_order WHERE starts_with(order_jws, $1) OR starts_with(release_jws, $1)', [`${jwsHeader(kid, ORDER_TYP)}.`]);
  return row!.count;
}

/**
 * Signs anew, with the newest control key, everything that the old one signed and that its signature still proves. The orders
 * say what they said; without this, the end of the old key would end every release that rests on it.
 */
export async function resignOrders(ctx: Context, key: Signer, previousKid: string, keys: ControlKeys): Promise<void> {
  const header = `${jwsHeader(previousKid, ORDER_TYP)}.`;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await readOrders(sql, 'WHERE (starts_with(order_jws, $1) OR starts_with(release_jws, $1)) AND id > $2 ORDER BY id LIMIT $3', [header, after, PORTION]);
    for (const { id } of rows) await resignOne(ctx, id, key, header, keys);
    if (rows.length < PORTION) return;
    after = rows.at(-1)!.id;
  }
}

async function resignOne(ctx: Context, id: string, key: Signer, header: string, keys: ControlKeys): Promise<void> {
  await sqlTransaction(async (tx) => {
    const row = await lockOrder(tx, id);
    if (!row) return;
    // A signature that does not hold is left as it is: it proves nothing, whoever looks at it.
    const anew = async (jws: string | null) => {
      const result = jws?.startsWith(header) ? verifyOrder(jws, { keys: keys.get(), now: ctx.now(), lastEpoch: -1 }) : undefined;
      return result?.ok ? signOrder(key, result.order) : jws;
    };
    const [orderJws, releaseJws] = [await anew(row.orderJws), await anew(row.releaseJws)];
    if (orderJws === row.orderJws && releaseJws === row.releaseJws) return;
    await tx.rows('UPDATE switch_order SET order_jws = $2, release_jws = $3 WHERE id = $1', [id, orderJws, releaseJws]);
    if (row.state === 'released') return;
    await record(tx, ctx, [organisationEvent('switch.signed', { orderId: id, scope: row.scope, target: row.target, environment: row.environment, kid: key.kid })]);
    await notifySwitch(tx, row.generation);
  });
}
