import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { databaseTime, isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { engageWithin } from '@/lib/switches';
import { known, readDeadMen, type DeadManRow } from './rows';
import { step } from './rules';

const DUE = `d.state = 'armed' AND d.seen_at + make_interval(mins => d.after_minutes) <= clock_timestamp()`;

/**
 * Fires every dead-man switch whose time is over by the database's clock, each with its stop or pause in one transaction. Worker and
 * control both do this, as often as they like: each fires once. Returns the orders. One that cannot fire never holds up the others.
 */
export async function fireDeadMen(ctx: Context): Promise<string[]> {
  authorise(ctx, 'switch.engage.wide');
  const orders: string[] = [];
  let trouble: unknown;
  for (const { id } of await sql.rows<{ id: string }>(`SELECT d.id FROM dead_man d WHERE ${DUE} ORDER BY d.id`)) {
    try {
      const order = await sqlTransaction((tx) => fire(tx, ctx, id));
      if (order) orders.push(order);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      trouble ??= error;
    }
  }
  if (trouble !== undefined) throw trouble;
  return orders;
}

async function fire(tx: Sql, ctx: Context, id: string): Promise<string | undefined> {
  const [row] = await readDeadMen(tx, 'WHERE d.id = $1 FOR UPDATE OF d SKIP LOCKED', [id]);
  // The clock after the lock: somebody may have been here while this waited.
  const now = await databaseTime(tx);
  if (!row || !step(row, 'fire', now).ok) return undefined;
  const cover = row.scope === 'agent' ? { scope: 'agent' as const, target: row.target } : { scope: 'global' as const, environment: row.target };
  const order = await engageWithin(tx, ctx, { ...cover, reason: sentence(row) }, row.action);
  await tx.rows(`UPDATE dead_man SET state = 'fired', ended_at = $2, order_id = $3 WHERE id = $1`, [id, now, order.id]);
  await record(tx, ctx, [organisationEvent('dead_man.fired', { deadManId: id, scope: row.scope, target: row.target, action: row.action, orderId: order.id, lastSeenAt: row.seenAt.toISOString() })]);
  return order.id;
}

function sentence({ afterMinutes, seenAt, seenBy }: DeadManRow): string {
  const by = known(seenBy);
  return `A dead-man switch fired: nobody said for ${afterMinutes} ${afterMinutes === 1 ? 'minute' : 'minutes'} that they were here. ${by.name ?? by.id} was the last, at ${seenAt.toISOString().slice(0, 19).replace('T', ' ')} UTC.`;
}

/** Milliseconds until the next one is due; undefined while none is armed. */
export async function nextFiringMs(): Promise<number | undefined> {
  const [row] = await sql.rows<{ ms: number | null }>(`SELECT extract(epoch FROM min(seen_at + make_interval(mins => after_minutes)) - clock_timestamp())::float * 1000 AS ms FROM dead_man WHERE state = 'armed'`);
  return row?.ms == null ? undefined : Math.max(0, row.ms);
}
