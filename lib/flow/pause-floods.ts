import { authorise } from '@/lib/access';
import { raiseAlertWithin } from '@/lib/alerts';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction, type Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { newId } from '@/lib/protocol/ids';
import { engageWithin } from '@/lib/switches';
import { floodSentence, isFlood } from './flood-rules';

/** Looked at every second. By the time the statement began, which is one for all rows: `clock_timestamp()` is read again for each, so no index finds what is newer and every approval that ever was is read. */
export const FLOODING = `SELECT agent_id AS "agentId" FROM approval WHERE requested_at > statement_timestamp() - interval '1 minute' GROUP BY agent_id HAVING count(*) > $1 ORDER BY agent_id`;

/** What was asked within the last minute by one agent; `since` a release, nothing before it. */
type Asked = { asks: number; firstAt: Date; lastAt: Date; sessionId: string; seq: bigint };

/**
 * Pauses every agent that has asked more in a minute than the bundle allows, over all gateways, counted from rows. With the pause, in one transaction,
 * come one alert that pages and one suggested incident, however many questions there were and however many workers look. Once
 * the pause is released it may happen again, by what is asked after that. Returns the orders. One that fails doesn't keep the others.
 */
export async function pauseFloods(ctx: Context, asksPerMinute: number): Promise<string[]> {
  authorise(ctx, 'switch.engage.wide');
  const many = await sql.rows<{ agentId: string }>(FLOODING, [asksPerMinute]);
  const orders: string[] = [];
  const failures: unknown[] = [];
  for (const { agentId } of many) {
    try {
      const orderId = await sqlTransaction((tx) => pauseOne(tx, ctx, agentId, asksPerMinute));
      if (orderId !== undefined) orders.push(orderId);
    } catch (error) { failures.push(error); }
  }
  if (failures.length > 0) throw failures[0];
  return orders;
}

async function pauseOne(tx: Sql, ctx: Context, agentId: string, limit: number): Promise<string | undefined> {
  // In turns for one agent: whoever comes second finds what the first has done.
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('countersign/flood/' || $1, 0))::text`, [agentId]);
  const [last] = await tx.rows<{ state: string; releasedAt: Date | null }>(
    'SELECT o.state, o.released_at AS "releasedAt" FROM flood f JOIN switch_order o ON o.id = f.order_id WHERE f.agent_id = $1 ORDER BY f.at DESC LIMIT 1', [agentId]);
  if (last && last.state !== 'released') return undefined;
  if (await isStoppedAnyway(tx, agentId)) return undefined;
  const asked = await askedLately(tx, agentId, last?.releasedAt ?? null);
  if (!asked || !isFlood(asked.asks, limit)) return undefined;
  const order = await engageWithin(tx, ctx, { scope: 'agent', target: agentId, reason: floodSentence(asked.asks, limit) }, 'pause');
  const { sessionId, firstAt, lastAt, asks } = asked;
  const alertId = await raiseAlertWithin(tx, ctx, {
    rule: 'flood', severity: 'high', act: 'page', detector: 'flood', kind: 'too_many_questions', agentId, sessionId, count: asks, firstAt, lastAt, orderId: order.id,
    evidence: { seq: Number(asked.seq), type: 'action.asked', at: lastAt.toISOString(), severity: 'high', times: asks },
  });
  await tx.rows('INSERT INTO flood (id, agent_id, session_id, order_id, alert_id, asks, "limit", at) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())', [newId(), agentId, sessionId, order.id, alertId, asks, limit]);
  return order.id;
}

/** What is stopped asks nothing any more: whoever pressed it has seen to it, and would have a second order to release. */
async function isStoppedAnyway(tx: Sql, agentId: string): Promise<boolean> {
  const [row] = await tx.rows(`SELECT 1 FROM switch_order WHERE kind = 'stop' AND state <> 'released' AND NOT drill AND (environment IS NULL OR environment = $2) AND (scope = 'global' OR (scope = 'agent' AND target = $1)) LIMIT 1`, [agentId, env().environment]);
  return row !== undefined;
}

async function askedLately(tx: Sql, agentId: string, since: Date | null): Promise<Asked | undefined> {
  const [row] = await tx.rows<Asked>(
    `WITH asked AS (SELECT p.session_id, p.action_id, p.requested_at, count(*) OVER (PARTITION BY p.session_id) AS of_session FROM approval p
       WHERE p.agent_id = $1 AND p.requested_at > greatest(statement_timestamp() - interval '1 minute', coalesce($2, '-infinity'::timestamptz)))
     SELECT (SELECT count(*)::int FROM asked) AS asks, (SELECT min(requested_at) FROM asked) AS "firstAt", (SELECT max(requested_at) FROM asked) AS "lastAt", a.session_id AS "sessionId", x.seq
     FROM asked a JOIN action x ON x.id = a.action_id ORDER BY a.of_session DESC, a.requested_at DESC LIMIT 1`, [agentId, since]);
  return row;
}
