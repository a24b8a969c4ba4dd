import { sql } from '@/lib/db';
import { env } from '@/lib/env';
import { approvalsIn, sessionsConcerned, type Cover } from './cover-sql';
import { isDrillSql } from './drill-orders';
import { holdOfOrder } from './holds';
import { orderView, readOrders, type FullOrderRow } from './internal';
import { countReleasers } from './releasers';
import type { OrderDetail, OrderTarget, OrderView, OutstandingPermit, SwitchCover, SwitchReach, TargetState, TargetTimes } from './schema';
import { readingTools, redeemedTools, toolsOfClass } from './tools-of-class';

const TARGETS_SHOWN = 10_000;

/** What stands at the moment, the newest first. What drills stop is nobody's business but the drill's, unless it is asked for. */
export async function listStandingOrders({ drills = false } = {}): Promise<OrderView[]> {
  return (await readOrders(sql, `o WHERE state <> 'released'${drills ? '' : ` AND NOT ${isDrillSql('o')}`} ORDER BY engaged_at DESC, id DESC`)).map(orderView);
}

/** Orders of the past and present, the newest first; `after` is the last id of the page before. */
export async function listOrders(page: { after?: string; limit?: number } = {}): Promise<OrderView[]> {
  const limit = Math.min(page.limit ?? 50, 200);
  const rows = page.after ? await readOrders(sql, 'WHERE id < $2 ORDER BY id DESC LIMIT $1', [limit, page.after]) : await readOrders(sql, 'ORDER BY id DESC LIMIT $1', [limit]);
  return rows.map(orderView);
}

/** One order with everything that is known of its targets. */
export async function getOrder(id: string): Promise<OrderDetail | undefined> {
  const [row] = await readOrders(sql, 'WHERE id::text = $1', [id]);
  if (!row) return undefined;
  const [targets, tally, permits, hold, [spread]] = await Promise.all([
    targetsOf(id),
    sql.rows<{ state: TargetState; n: number }>('SELECT state, count(*)::int AS n FROM switch_target WHERE order_id = $1 GROUP BY state', [id]),
    callsOut(row),
    holdOfOrder(id),
    sql.rows<{ p50: number | null; p99: number | null }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) AS p99
       FROM (SELECT extract(epoch FROM coalesce(acknowledged_at, ended_at) - $2::timestamptz)::float * 1000 AS ms FROM switch_target WHERE order_id = $1) t WHERE ms IS NOT NULL`, [id, row.engagedAt],
    ),
  ]);
  const counts = { ordered: 0, fenced: 0, acknowledged: 0, exited: 0, lease_lapsed: 0, unreachable: 0 } satisfies Record<TargetState, number>;
  for (const { state, n } of tally) counts[state] = n;
  return {
    order: orderView(row), counts, outstandingPermits: permits, hold: hold ?? null,
    targets,
    propagation: { fenceMs: row.fencedAt ? row.fencedAt.getTime() - Date.parse(row.engagedAt) : null, p50Ms: spread?.p50 ?? null, p99Ms: spread?.p99 ?? null },
  };
}

type TargetRow = Pick<OrderTarget, 'sessionId' | 'instanceId' | 'state' | 'evidence' | 'supervised' | 'exitEvidence'> & Record<keyof TargetTimes | 'confirmed' | 'at', Date | null>;

async function targetsOf(orderId: string): Promise<OrderTarget[]> {
  const rows = await sql.rows<TargetRow>(
    `SELECT t.session_id AS "sessionId", t.instance_id AS "instanceId", t.state, t.evidence, t.exit_evidence AS "exitEvidence", v.agent_id IS NOT NULL AND t.exit_asked IS NOT FALSE AS supervised,
       t.ordered_at AS ordered, t.fenced_at AS fenced, t.acknowledged_at AS acknowledged, t.exited_at AS exited, t.lease_lapsed_at AS "leaseLapsed", t.unreachable_at AS unreachable, t.confirmed_at AS confirmed,
       CASE t.state WHEN 'ordered' THEN t.ordered_at WHEN 'fenced' THEN t.fenced_at WHEN 'acknowledged' THEN t.acknowledged_at WHEN 'exited' THEN t.exited_at WHEN 'lease_lapsed' THEN t.lease_lapsed_at ELSE t.unreachable_at END AS at
     FROM switch_target t JOIN session s ON s.id = t.session_id LEFT JOIN supervisor v ON v.agent_id = s.agent_id AND v.instance_id = t.instance_id
     WHERE t.order_id = $1 ORDER BY t.session_id LIMIT $2`, [orderId, TARGETS_SHOWN],
  );
  const iso = (time: Date | null) => time?.toISOString() ?? null;
  return rows.map(({ sessionId, instanceId, state, evidence, exitEvidence, supervised, confirmed, at, ordered, ...times }) => ({
    sessionId, instanceId, state, evidence, exitEvidence, supervised, confirmedAt: iso(confirmed), at: iso(at ?? times.acknowledged ?? times.fenced ?? ordered)!,
    times: { ordered: iso(ordered)!, fenced: iso(times.fenced), acknowledged: iso(times.acknowledged), exited: iso(times.exited), leaseLapsed: iso(times.leaseLapsed), unreachable: iso(times.unreachable) },
  }));
}

/**
 * What the stop cannot take back: permits that were made before it and can still be used without asking anybody, until they end; and
 * calls that had started, until their result comes. A class of tools has no session of its own, so there the tools say which.
 */
async function callsOut(order: FullOrderRow): Promise<OutstandingPermit[]> {
  const here = order.environment === null || order.environment === env().environment;
  if (!here || order.kind === 'pause') return [];
  const which = order.scope === 'class'
    ? { text: 'a.agent_id IN (SELECT id FROM agent) AND a.tool = ANY($2)', params: [order.engagedAt, (await toolsOfClass(sql, order.target ?? '')).tools] }
    : { text: 'EXISTS (SELECT 1 FROM switch_target t WHERE t.order_id = $2 AND t.session_id = a.session_id)', params: [order.engagedAt, order.id] };
  const rows = await sql.rows<Omit<OutstandingPermit, 'until' | 'startedAt'> & { until: Date; startedAt: Date | null }>(
    `SELECT a.tool, a.permit_expires_at AS until, a.session_id AS "sessionId", a.id AS "actionId", coalesce(a.started_at, a.redeemed_at) AS "startedAt" FROM action a
     WHERE ${which.text} AND a.decided_at > $1::timestamptz - interval '1 day' AND coalesce(a.permitted_at, a.decided_at) <= $1::timestamptz + interval '1 minute' AND a.permit_expires_at IS NOT NULL AND a.finished_at IS NULL
       AND (coalesce(a.started_at, a.redeemed_at) IS NOT NULL OR (a.permit_expires_at > clock_timestamp() AND NOT a.tool = ANY($3)))
     ORDER BY a.permit_expires_at LIMIT 500`, [...which.params, await redeemedTools(sql)],
  );
  return rows.map((row) => ({ ...row, until: row.until.toISOString(), startedAt: row.startedAt?.toISOString() ?? null }));
}

/** What a stop would hit if it were engaged now, for the words before the press. */
export async function switchReach(input: SwitchCover): Promise<SwitchReach> {
  const approvals = await approvalsIn(sql, coverOf(input), env().environment, 1);
  const [writing] = approvals ? await sql.rows<{ n: number }>(writingSql(approvals.text, approvals.params.length + 1), [...approvals.params, await readingTools(sql)]) : [];
  return { ...(await switchHit(input)), inTheMiddleOfAWrite: writing?.n ?? 0 };
}

/** The part of it that the answer to a press says. */
export async function switchHit(input: SwitchCover): Promise<Omit<SwitchReach, 'inTheMiddleOfAWrite'>> {
  const [cover, here] = [coverOf(input), env().environment];
  const sessions = await sessionsConcerned(sql, cover, here, 1);
  const approvals = await approvalsIn(sql, cover, here, 1);
  const [hit] = sessions ? await sql.rows<{ sessions: number; instances: number }>(`SELECT count(*)::int AS sessions, count(DISTINCT s.instance_id)::int AS instances FROM session s WHERE s.state IN ('open', 'lost', 'paused') AND ${sessions.text}`, sessions.params) : [];
  const [asked] = approvals ? await sql.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM approval a JOIN session s ON s.id = a.session_id WHERE a.state IN ('pending', 'partially_approved', 'approved') AND s.state IN ('open', 'lost', 'paused') AND ${approvals.text}`, approvals.params) : [];
  return { sessions: hit?.sessions ?? 0, instances: hit?.instances ?? 0, approvals: asked?.n ?? 0 };
}

const coverOf = (input: SwitchCover): Cover => ({ scope: input.scope, target: input.target ?? null, environment: input.environment ?? null });

/** What has started had a permit: said here too, for it is what the index of calls that are out goes by. `$reading`: the parameter with the tools that only read. */
export const writingSql = (which: string, reading: number) => `SELECT count(DISTINCT a.session_id)::int AS n FROM action a JOIN session s ON s.id = a.session_id
  WHERE s.state IN ('open', 'lost', 'paused') AND a.permit_expires_at IS NOT NULL AND a.started_at IS NOT NULL AND a.finished_at IS NULL AND NOT a.tool = ANY($${reading}) AND ${which}`;

/** How many people may release what was stopped then: with fewer than two, a wide release takes ten minutes, and the screen says so. */
export const releaserCount = (since: Date): Promise<number> => countReleasers(sql, since);
