import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';

/** A stop that is not confirmed suggests its incident after this long all the same (seconds). */
const NO_LONGER_THAN_S = 60;

/**
 * Says once for every stop that hit something, and is no drill, that there may be an incident, as soon as the states of its
 * sessions are written. Safe to repeat and to run twice at once. Returns the orders.
 */
export async function suggestIncidents(ctx: Context): Promise<string[]> {
  authorise(ctx, 'switch.read');
  const ready = await sql.rows<{ id: string; scope: string; target: string | null; environment: string | null; reason: string | null }>(
    `SELECT o.id, o.scope, o.target, o.environment, o.reason FROM switch_order o
     WHERE o.kind = 'stop' AND NOT o.drill AND NOT EXISTS (SELECT 1 FROM incident_suggestion i WHERE i.order_id = o.id)
       AND EXISTS (SELECT 1 FROM session_dump d WHERE d.order_id = o.id) AND NOT EXISTS (SELECT 1 FROM session_dump d WHERE d.order_id = o.id AND d.done_at IS NULL AND d.tries = 0)
       AND (o.confirmed_at IS NOT NULL OR o.engaged_at < clock_timestamp() - make_interval(secs => $1)) ORDER BY o.engaged_at`, [NO_LONGER_THAN_S],
  );
  const suggested: string[] = [];
  for (const { id, scope, target, environment, reason } of ready) {
    const mine = await sqlTransaction(async (tx) => {
      const [made] = await tx.rows<{ sessions: number }>(
        `INSERT INTO incident_suggestion (order_id, at, sessions) SELECT $1, clock_timestamp(), count(*)::int FROM session_dump WHERE order_id = $1 ON CONFLICT DO NOTHING RETURNING sessions`, [id],
      );
      if (made) await record(tx, ctx, [organisationEvent('incident.suggested', { orderId: id, scope, target, environment, reason, sessions: made.sessions })]);
      return made !== undefined;
    });
    if (mine) suggested.push(id);
  }
  return suggested;
}
