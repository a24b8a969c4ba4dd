import type { Context } from '@/lib/context';
import { databaseTime, type Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { newId } from '@/lib/protocol/ids';
import { authoriseEngage } from './authorise-engage';
import { insertOrder } from './engage-switch';
import { orderState, readOrders } from './internal';
import { answersFor } from './rules';
import type { EngageInput, OrderView, SwitchKind } from './schema';

/** Engages in a transaction of the caller's that records why; what is engaged already answers. Lock rows of one's own before this, never after. */
export async function engageWithin(tx: Sql, ctx: Context, input: EngageInput, kind: SwitchKind): Promise<OrderView> {
  const cover = authoriseEngage(ctx, input, env().environment);
  return insertOrder(tx, ctx, { ...input, ...cover }, kind, { id: newId(), issuedAt: await databaseTime(tx) });
}

/** The stop (or the pause) that stands over this very session and answers for a new one, if any. */
export async function standingStopOf(tx: Sql, sessionId: string, kind: SwitchKind = 'stop'): Promise<string | undefined> {
  const rows = await readOrders(tx, `WHERE kind = $2 AND scope = 'session' AND target = $1 AND environment IS NULL AND state <> 'released' AND release_jws IS NULL ORDER BY engaged_at, id`, [sessionId, kind]);
  return rows.find((row) => answersFor(orderState(row)))?.id;
}
