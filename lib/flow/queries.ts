import { sql, type Sql } from '@/lib/db';
import { readForecasts } from './wait-forecasts';
import { forecastFor, type WaitQuantiles } from './wait-rules';
import { QUICK_MS } from './rules';
import type { ApproverFigures, FlowBin, Pace, RuleFigures, StandingFlood, UnseenExpiry } from './schema';

/** A person's word with how long they had the card open before it; null where they had not. */
export const WORDS = `
SELECT g.person_id, g.approval_id, g.verdict, g.at, extract(epoch FROM g.at - v.first_at)::float8 * 1000 AS ms
FROM approval_signature g LEFT JOIN approval_view v ON v.approval_id = g.approval_id AND v.person_id = g.person_id AND v.first_at <= g.at`;

/** When an approval was granted, whatever became of it later. Under changed arguments the terms are the narrower of the question's and the route's. */
export const GRANTED_AT = `p.use_by - least(p.use_by_ms, (p.route->>'useByMs')::bigint) * interval '1 millisecond'`;

/** How fast this person decides just now: what they opened and decided, and what they approved unopened. Denied unopened, by the hundred in a flood, nobody was hasty. */
export async function paceOf(personId: string): Promise<Pace> {
  const [row] = await sql.rows<Pace>(`SELECT count(*)::int AS decisions, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(w.ms, 0)) AS "eachMs" FROM (${WORDS} WHERE g.person_id = $1 AND g.at > statement_timestamp() - interval '10 minutes') AS w WHERE w.ms IS NOT NULL OR w.verdict = 'approve'`, [personId]);
  return row!;
}

/** What requests by the same routes, asked at its time of the day, usually wait; null where nobody knows, or there is no such approval. */
export async function usualWait(approvalId: string): Promise<WaitQuantiles | null> {
  const [row] = await sql.rows<{ routes: string[] | null; requestedAt: Date }>(`SELECT route->'routes' AS routes, requested_at AS "requestedAt" FROM approval WHERE id = $1`, [approvalId]);
  return row?.routes ? forecastFor(await readForecasts(), row.routes, row.requestedAt.getUTCHours()) : null;
}

/** Everybody who decided within these days, who decided the most first. */
export async function approverFigures(days: number): Promise<ApproverFigures[]> {
  return sql.rows<ApproverFigures>(
    `SELECT w.person_id AS "personId", n.name, count(*)::int AS decisions, count(*) FILTER (WHERE w.verdict = 'approve')::int AS approvals, count(*) FILTER (WHERE w.ms IS NULL)::int AS unopened, max(w.lately)::int AS busiest,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY w.ms) AS "medianMs", percentile_cont(0.9) WITHIN GROUP (ORDER BY w.ms) AS "p90Ms"
     FROM (SELECT x.*, count(*) OVER (PARTITION BY x.person_id ORDER BY x.at RANGE BETWEEN '10 minutes' PRECEDING AND CURRENT ROW) AS lately FROM (${WORDS} WHERE g.at > statement_timestamp() - make_interval(days => $1)) AS x) AS w
     JOIN person n ON n.id = w.person_id GROUP BY w.person_id, n.name ORDER BY count(*) DESC, n.name LIMIT 200`, [days]);
}

/** What people did with each rule's questions, the most waved through first. */
export async function ruleFigures(days: number, db: Sql = sql): Promise<RuleFigures[]> {
  return db.rows<RuleFigures>(
    `SELECT r.rule, count(*)::int AS decisions, count(*) FILTER (WHERE w.verdict = 'approve')::int AS approvals, count(*) FILTER (WHERE w.verdict = 'approve' AND coalesce(w.ms, 0) < ${QUICK_MS})::int AS quick
     FROM (${WORDS} WHERE g.at > statement_timestamp() - make_interval(days => $1)) AS w JOIN approval p ON p.id = w.approval_id CROSS JOIN LATERAL unnest(p.rule_ids) AS r(rule)
     GROUP BY r.rule ORDER BY count(*) FILTER (WHERE w.verdict = 'approve' AND coalesce(w.ms, 0) < ${QUICK_MS})::float8 / count(*) DESC, count(*) DESC, r.rule LIMIT 200`, [days]);
}

/** What ran out within these days, apart by whether anybody had its card open while there was time. */
export async function expiries(days: number, limit: number, db: Sql = sql): Promise<{ seen: number; unseen: number; newest: UnseenExpiry[] }> {
  const unseen = 'NOT EXISTS (SELECT 1 FROM approval_view v WHERE v.approval_id = p.id)';
  const lately = `p.state = 'expired' AND p.decide_by > statement_timestamp() - make_interval(days => $1)`;
  const [[counts], newest] = await Promise.all([
    db.rows<{ seen: number; unseen: number }>(`SELECT count(*) FILTER (WHERE NOT ${unseen})::int AS seen, count(*) FILTER (WHERE ${unseen})::int AS unseen FROM approval p WHERE ${lately}`, [days]),
    db.rows<Omit<UnseenExpiry, 'expiredAt'> & { expiredAt: Date }>(
      `SELECT p.id, p.title, a.name AS "agentName", p.risk, ARRAY(SELECT jsonb_array_elements_text(p.route->'routes')) AS routes, p.decide_by AS "expiredAt" FROM approval p JOIN agent a ON a.id = p.agent_id
       WHERE ${lately} AND ${unseen} ORDER BY p.decide_by DESC, p.id LIMIT $2`, [days, limit]),
  ]);
  return { ...counts!, newest: newest.map((one) => ({ ...one, expiredAt: one.expiredAt.toISOString() })) };
}

/** How questions ended, in stretches of so many hours, the oldest first; stretches in which nothing ended are there as well. */
export async function flowBins(days: number, hours: number): Promise<FlowBin[]> {
  const rows = await sql.rows<Omit<FlowBin, 'at'> & { at: Date }>(
    `WITH bin AS (SELECT generate_series(date_bin(make_interval(hours => $2), clock_timestamp() - make_interval(days => $1), 'epoch'), clock_timestamp(), make_interval(hours => $2)) AS at),
       ended AS (SELECT e.how, date_bin(make_interval(hours => $2), e.ended_at, 'epoch') AS bin, extract(epoch FROM e.ended_at - e.requested_at)::float8 * 1000 AS ms FROM (
         SELECT p.requested_at, CASE WHEN p.use_by IS NOT NULL THEN 'granted' ELSE p.state END AS how, CASE WHEN p.use_by IS NOT NULL THEN ${GRANTED_AT} WHEN p.state = 'expired' THEN p.decide_by ELSE p.decided_at END AS ended_at
         FROM approval p WHERE p.state NOT IN ('pending', 'partially_approved') AND p.requested_at > statement_timestamp() - make_interval(days => $1 + 30)) AS e)
     SELECT b.at, count(*) FILTER (WHERE e.how = 'granted')::int AS granted, count(*) FILTER (WHERE e.how = 'denied')::int AS denied, count(*) FILTER (WHERE e.how = 'expired')::int AS expired, count(*) FILTER (WHERE e.how = 'cancelled')::int AS cancelled,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY e.ms) FILTER (WHERE e.how IN ('granted', 'denied')) AS "medianMs", percentile_cont(0.9) WITHIN GROUP (ORDER BY e.ms) FILTER (WHERE e.how IN ('granted', 'denied')) AS "p90Ms"
     FROM bin b LEFT JOIN ended e ON e.bin = b.at GROUP BY b.at ORDER BY b.at`, [days, hours]);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Agents that are paused because they asked more than anybody can answer. */
export async function standingFloods(): Promise<StandingFlood[]> {
  const rows = await sql.rows<Omit<StandingFlood, 'at'> & { at: Date }>(
    `SELECT f.agent_id AS "agentId", a.name AS "agentName", f.order_id AS "orderId", f.alert_id AS "alertId", f.asks, f."limit", f.at FROM flood f JOIN switch_order o ON o.id = f.order_id JOIN agent a ON a.id = f.agent_id WHERE o.state <> 'released' ORDER BY f.at DESC LIMIT 50`);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
