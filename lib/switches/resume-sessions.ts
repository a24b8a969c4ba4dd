import type { Context } from '@/lib/context';
import { sql, sqlTransaction, type Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { record, sessionEvent } from '@/lib/log';
import { readOrders } from './internal';
import { heldBy, matchingOrder, standingOrders } from './rules';
import type { ControlKeys } from './standing-reader';

const AT_ONCE = 250;

type Paused = { id: string; instance_id: string; agent_id: string; order_id: string; alive: boolean };

/**
 * Lets paused sessions go on once nothing holds them any more: `open` where their instance is in touch, else `lost`.
 * Stopped sessions stay stopped. Safe to repeat and to run twice at once. Returns how many went on.
 */
export async function resumeSessions(ctx: Context, keys: ControlKeys): Promise<number> {
  if ((await sql.rows(`SELECT 1 FROM session WHERE state = 'paused' LIMIT 1`)).length === 0) return 0;
  let resumed = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const portion = await sqlTransaction((tx) => resumePortion(tx, ctx, keys, after));
    resumed += portion.resumed;
    if (portion.last === undefined) return resumed;
    after = portion.last;
  }
}

async function resumePortion(tx: Sql, ctx: Context, keys: ControlKeys, after: string): Promise<{ resumed: number; last?: string }> {
  // In their turn like every change of a switch: a pause that is engaged meanwhile comes before or after, never in between.
  await tx.rows('SELECT 1 FROM switch_generation WHERE id = 1 FOR UPDATE');
  const paused = await tx.rows<Paused>(
    `SELECT s.id, s.instance_id, s.agent_id, coalesce(i.lease_expires_at > clock_timestamp(), false) AS alive,
       coalesce((SELECT t.order_id::text FROM switch_target t JOIN switch_order o ON o.id = t.order_id WHERE t.session_id = s.id AND o.kind = 'pause' AND o.release_jws IS NOT NULL ORDER BY o.released_at DESC LIMIT 1), '') AS order_id
     FROM session s JOIN instance i ON i.id = s.instance_id WHERE s.state = 'paused' AND s.id > $2 ORDER BY s.id LIMIT $1 FOR NO KEY UPDATE OF s`,
    [AT_ONCE, after],
  );
  if (paused.length === 0) return { resumed: 0 };
  const check = { keys: keys.get(), now: ctx.now() };
  const standing = standingOrders((await readOrders(tx, `WHERE state <> 'released' OR release_jws IS NULL OR id IN (SELECT order_id FROM switch_target WHERE session_id = ANY($1::uuid[]))`, [paused.map((session) => session.id)])).flatMap((row) => heldBy(row, check)));
  const free = paused.filter((session) => matchingOrder(standing, { sessionId: session.id, instanceId: session.instance_id, agentId: session.agent_id, environment: env().environment }) === null);
  if (free.length > 0) {
    await tx.rows(
      `UPDATE session s SET state = x.state, lost_at = CASE x.state WHEN 'lost' THEN coalesce(s.lost_at, clock_timestamp()) END FROM unnest($1::uuid[], $2::text[]) AS x(id, state) WHERE s.id = x.id`,
      [free.map((session) => session.id), free.map((session) => (session.alive ? 'open' : 'lost'))],
    );
    await record(tx, ctx, free.map((session) => sessionEvent(session.id, 'session.resumed', { orderId: session.order_id }, { agentId: session.agent_id })));
    await tx.rows(`SELECT count(pg_notify('cs_session', json_build_object('id', id)::text))::int FROM unnest($1::uuid[]) AS id`, [free.map((session) => session.id)]);
  }
  return { resumed: free.length, last: paused.at(-1)!.id };
}
