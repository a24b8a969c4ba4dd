import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { GRANTED_AT } from './queries';
import { forecastsOf, routeKey, type AskedWait } from './wait-rules';

/** How far back, and how many at most, the newest first: what people do now says more than what they did in spring. */
const DAYS = 30;
const MOST = 20_000;

/** A grant's own time is kept in its use-by, whatever became of it later; a denial ends there. Whatever else ended or still waits was not decided. */
const ASKED = `
SELECT p.route->'routes' AS routes, extract(hour FROM p.requested_at AT TIME ZONE 'UTC')::int AS hour, p.state IN ('approved', 'used', 'unused_expired', 'denied', 'expired') OR p.use_by IS NOT NULL AS settled,
  p.use_by IS NOT NULL OR p.state = 'denied' AS decided,
  greatest(0, extract(epoch FROM CASE
    WHEN p.use_by IS NOT NULL THEN ${GRANTED_AT}
    WHEN p.state = 'expired' THEN p.decide_by
    ELSE coalesce(p.decided_at, clock_timestamp()) END - p.requested_at)::float8 * 1000) AS ms
FROM approval p JOIN agent a ON a.id = p.agent_id
WHERE p.requested_at > statement_timestamp() - make_interval(days => ${DAYS}) AND NOT a.simulated ORDER BY p.requested_at DESC LIMIT ${MOST}`;

/** Learns how long requests wait for people, and keeps it for the gateways. Safe to repeat; of two at once one goes without. Returns how many forecasts there are. */
export async function learnWaits(ctx: Context): Promise<number> {
  authorise(ctx, 'approval.read');
  return sqlTransaction(async (tx) => {
    const [turn] = await tx.rows<{ mine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtextextended('countersign/learn-waits', 0)) AS mine`);
    if (!turn?.mine) return 0;
    const rows = await tx.rows<Omit<AskedWait, 'route'> & { routes: unknown }>(ASKED);
    const known = forecastsOf(rows.map(({ routes, ...wait }) => ({ ...wait, route: routeKey(Array.isArray(routes) ? routes.map(String) : []) })));
    await tx.rows(
      `WITH n AS (SELECT * FROM json_to_recordset($1::json) AS n(route text, hour int, p50 int, p90 int, settled int, decided int)),
         gone AS (DELETE FROM wait_forecast f WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.route = f.route AND n.hour = f.hour))
       INSERT INTO wait_forecast (route, hour, p50_ms, p90_ms, settled, decided, learned_at) SELECT route, hour, p50, p90, settled, decided, clock_timestamp() FROM n
       ON CONFLICT (route, hour) DO UPDATE SET p50_ms = EXCLUDED.p50_ms, p90_ms = EXCLUDED.p90_ms, settled = EXCLUDED.settled, decided = EXCLUDED.decided, learned_at = EXCLUDED.learned_at`,
      [JSON.stringify(known)],
    );
    return known.length;
  });
}
