import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { bumpGeneration, lockGeneration, readOrders } from './internal';
import { isReleased } from './rules';
import type { ControlKeys } from './standing-reader';

/**
 * Puts back orders that call themselves released although control never signed that. Gateways held them all along;
 * this makes the rows say so too, and puts the attempt on record. Returns the ids.
 */
export async function mendForgedReleases(ctx: Context, held: readonly { id: string }[], keys: ControlKeys): Promise<string[]> {
  if (held.length === 0) return [];
  return sqlTransaction(async (tx) => {
    const forged = await forgedAmong(tx, ctx, held.map((order) => order.id), keys);
    if (forged.length === 0) return [];
    const generation = await lockGeneration(tx);
    const still = await forgedAmong(tx, ctx, forged, keys);
    if (still.length === 0) return [];
    await tx.rows(`UPDATE switch_order SET state = 'engaged', released_at = NULL, release_jws = NULL, epoch = NULL WHERE id = ANY($1::uuid[])`, [still]);
    await bumpGeneration(tx, generation);
    await record(tx, ctx, still.map((orderId) => organisationEvent('switch.forgery_found', { orderId, what: 'the row called itself released without a release signed by control; it stands' })));
    return still;
  });
}

async function forgedAmong(tx: Sql, ctx: Context, ids: string[], keys: ControlKeys): Promise<string[]> {
  const check = { keys: keys.get(), now: ctx.now() };
  const claimed = await readOrders(tx, `WHERE id = ANY($1::uuid[]) AND (state = 'released' OR release_jws IS NOT NULL OR released_at IS NOT NULL)`, [ids]);
  return claimed.filter((row) => !isReleased(row, check)).map((row) => row.id);
}
