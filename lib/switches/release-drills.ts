import type { Context } from '@/lib/context';
import { isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import type { Signer } from '@/lib/signing';
import { startedByDrill } from './drill-orders';
import { mayReleaseAsDrill } from './drill-rules';
import { orderState, rowActor } from './internal';
import { lockForRelease } from './release-row';
import { step } from './rules';
import { complete, type OrderTrouble } from './sign-release';
import type { ControlKeys } from './standing-reader';

/**
 * Undoes the stops of drills that are over. Control alone does this, and holds each against what it signed when it was pressed; whatever
 * does not hold stays stopped. Returns the ids.
 */
export async function releaseDrills(ctx: Context, key: Signer, keys: ControlKeys, onTrouble: OrderTrouble): Promise<string[]> {
  const over = await sql.rows<{ id: string }>(
    `SELECT o.id FROM switch_order o JOIN drill_target t ON t.order_id = o.id JOIN drill d ON d.id = t.drill_id WHERE d.state = 'finished' AND o.drill AND o.release_jws IS NULL ORDER BY o.id LIMIT 100`,
  );
  const released: string[] = [];
  for (const { id } of over) {
    try {
      if (await sqlTransaction((tx) => releaseDrill(tx, ctx, id, key, keys))) released.push(id);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      onTrouble(id, error);
    }
  }
  return released;
}

async function releaseDrill(tx: Sql, ctx: Context, orderId: string, key: Signer, keys: ControlKeys): Promise<boolean> {
  const { row, now, generation } = await lockForRelease(tx, orderId);
  const [drill] = await tx.rows(`SELECT 1 FROM drill_target t JOIN drill d ON d.id = t.drill_id WHERE t.order_id = $1 AND d.state = 'finished'`, [orderId]);
  const about = { drillIsOver: drill !== undefined, targetIsDrill: row.target !== null && (await startedByDrill(tx, row.target)) };
  if (!mayReleaseAsDrill(row, about, { keys: keys.get(), now: ctx.now() })) return false;
  const stepped = step(orderState(row), { type: 'drill_over', by: rowActor(ctx), at: now });
  if (!stepped.ok) return false;
  await complete(tx, ctx, row, stepped.state, now, generation, key, [], { drill: true });
  return true;
}
