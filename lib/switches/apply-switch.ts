import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { markDumpsDue } from '@/lib/dumps';
import { env } from '@/lib/env';
import { organisationEvent, record, sessionEvent, type NewEvent } from '@/lib/log';
import { agentsIn, approvalsIn, sessionsIn, type Cover } from './cover-sql';
import { readOrders, type FullOrderRow } from './internal';
import { heldBy, type StandingOrder } from './rules';
import type { ControlKeys } from './standing-reader';

const SESSIONS_AT_ONCE = 250;

export type Applied = { sessions: number; approvals: number };

/**
 * Works off what an order hits: snapshots the sessions, stops (or pauses) them and cancels what they had open, each in
 * their own stream. In portions, each complete by itself; safe to repeat, to interrupt and to run twice at once.
 */
export async function applySwitch(ctx: Context, orderId: string, keys: ControlKeys): Promise<Applied> {
  const applied: Applied = { sessions: 0, approvals: 0 };
  for (;;) {
    const portion = await inTurn(orderId, (tx, row) => applyPortion(tx, ctx, row, keys));
    if (!portion) break;
    applied.sessions += portion.sessions;
    applied.approvals += portion.approvals;
  }
  // Each by itself, so that none holds the log or the order's row for as long as all of them take: the fence waits for both.
  await inTurn(orderId, (tx, row) => revokeTokens(tx, ctx, row, keys));
  await inTurn(orderId, (tx, row) => noteOpenTargets(tx, ctx, row, keys));
  await inTurn(orderId, count);
  return applied;
}

/** Undefined also where somebody else is at it. */
function inTurn<T>(orderId: string, work: (tx: Sql, row: FullOrderRow) => Promise<T>): Promise<T | undefined> {
  return sqlTransaction(async (tx) => {
    const [turn] = await tx.rows<{ mine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtextextended('countersign/apply-switch/' || $1, 0)) AS mine`, [orderId]);
    const [row] = turn?.mine ? await readOrders(tx, 'WHERE id = $1', [orderId]) : [];
    return row && work(tx, row);
  });
}

/** Undefined when nothing is left. */
async function applyPortion(tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys): Promise<Applied | undefined> {
  for (const cover of heldBy(row, { keys: keys.get(), now: ctx.now() })) {
    const portion = (await stopSessions(tx, ctx, row, cover)) ?? (cover.kind === 'stop' ? await cancelOpen(tx, ctx, row, cover) : undefined);
    if (portion) return portion;
  }
  return undefined;
}

async function count(tx: Sql, { id }: FullOrderRow): Promise<void> {
  await tx.rows(
    `UPDATE switch_order SET matched = t.counts || jsonb_build_object('approvals', coalesce((matched->>'approvals')::int, 0))
     FROM (SELECT jsonb_build_object('sessions', count(*), 'instances', count(DISTINCT instance_id)) AS counts FROM switch_target WHERE order_id = $1) t
     WHERE id = $1 AND matched IS DISTINCT FROM t.counts || jsonb_build_object('approvals', coalesce((matched->>'approvals')::int, 0))`,
    [id],
  );
}

/** Access tokens that an agent had when it was stopped open no connection any more. A session or an instance has none of its own. */
async function revokeTokens(tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys): Promise<void> {
  for (const cover of heldBy(row, { keys: keys.get(), now: ctx.now() })) {
    const which = cover.kind === 'stop' ? agentsIn(cover, env().environment, 2) : undefined;
    if (!which) continue;
    const revoked = await tx.rows(`UPDATE agent g SET tokens_from = $1::timestamptz WHERE g.created_at <= $1::timestamptz AND (g.tokens_from IS NULL OR g.tokens_from < $1::timestamptz) AND ${which.text} RETURNING 1`, [row.engagedAt, ...which.params]);
    if (revoked.length > 0) await record(tx, ctx, [organisationEvent('switch.tokens_revoked', { orderId: row.id, agents: revoked.length })]);
  }
}

async function stopSessions(tx: Sql, ctx: Context, row: FullOrderRow, cover: StandingOrder): Promise<Applied | undefined> {
  const which = sessionsIn(cover, env().environment, 3);
  if (!which) return undefined;
  const states = cover.kind === 'stop' ? ['open', 'lost', 'paused'] : ['open', 'lost'];
  const sessions = await tx.rows<{ id: string; instance_id: string; agent_id: string }>(
    `SELECT s.id, s.instance_id, s.agent_id FROM session s WHERE s.state = ANY($1) AND ${which.text} ORDER BY s.id LIMIT $2 FOR NO KEY UPDATE OF s`,
    [states, SESSIONS_AT_ONCE, ...which.params],
  );
  if (sessions.length === 0) return undefined;
  const ids = sessions.map((session) => session.id);
  await tx.rows(
    `INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at) SELECT $1, x.session_id, x.instance_id, clock_timestamp()
     FROM unnest($2::uuid[], $3::text[]) AS x(session_id, instance_id) ON CONFLICT DO NOTHING`,
    [row.id, ids, sessions.map((session) => session.instance_id)],
  );
  if (cover.kind === 'pause') {
    await tx.rows(`UPDATE session SET state = 'paused' WHERE id = ANY($1::uuid[])`, [ids]);
    await record(tx, ctx, sessions.map((session) => sessionEvent(session.id, 'session.paused', { orderId: row.id }, { agentId: session.agent_id })));
    await notifySessions(tx, ids);
    return { sessions: ids.length, approvals: 0 };
  }
  await tx.rows(`UPDATE session SET state = 'stopped', stopped_by = $2, ended_at = clock_timestamp() WHERE id = ANY($1::uuid[])`, [ids, row.id]);
  await markDumpsDue(tx, row.id, ids);
  const cancelled = await cancelApprovals(tx, 'a.session_id = ANY($1::uuid[])', [ids]);
  const stopped = sessions.map((session) => sessionEvent(session.id, 'session.stopped', { orderId: row.id, scope: cover.scope }, { agentId: session.agent_id }));
  await recordCancelled(tx, ctx, row, cancelled, stopped);
  await notifySessions(tx, ids);
  return { sessions: ids.length, approvals: cancelled.length };
}

/** What is open although its session is stopped (a decision that was being written meanwhile), and the open calls of a stopped class. */
async function cancelOpen(tx: Sql, ctx: Context, row: FullOrderRow, cover: Cover): Promise<Applied | undefined> {
  const which = cover.scope === 'class' ? await approvalsIn(tx, cover, env().environment, 1) : { text: `a.session_id IN (SELECT session_id FROM switch_target WHERE order_id = $1)`, params: [row.id] };
  const cancelled = which ? await cancelApprovals(tx, which.text, which.params) : [];
  if (cancelled.length === 0) return undefined;
  await recordCancelled(tx, ctx, row, cancelled, []);
  return { sessions: 0, approvals: cancelled.length };
}

type Cancelled = { id: string; action_id: string; session_id: string; agent_id: string };

/** Rows first, then their events, then the actions: everybody who holds several of these takes them in this order. */
async function cancelApprovals(tx: Sql, condition: string, params: unknown[]): Promise<Cancelled[]> {
  const open = await tx.rows<Cancelled>(
    `SELECT a.id, a.action_id, a.session_id, a.agent_id FROM approval a WHERE a.state IN ('pending', 'partially_approved', 'approved') AND ${condition} ORDER BY a.id FOR UPDATE`, params,
  );
  if (open.length === 0) return [];
  await tx.rows(`UPDATE approval SET state = 'cancelled', cancel_reason = 'stopped', decided_at = coalesce(decided_at, clock_timestamp()) WHERE id = ANY($1::uuid[])`, [open.map((one) => one.id)]);
  return open;
}

async function recordCancelled(tx: Sql, ctx: Context, row: FullOrderRow, cancelled: Cancelled[], others: NewEvent[]): Promise<void> {
  await record(tx, ctx, [...cancelled.map((one) => sessionEvent(one.session_id, 'approval.cancelled', { approvalId: one.id, actionId: one.action_id, reason: 'stopped' }, { agentId: one.agent_id })), ...others]);
  if (cancelled.length === 0) return;
  const actions = cancelled.map((one) => one.action_id);
  await tx.rows(`UPDATE action SET decision = 'deny', code = 'approval.cancelled', reason = 'A stop was engaged before this was used.' WHERE id = ANY($1::uuid[])`, [actions]);
  // What the questions had reserved of the limits is given back, as after a denial.
  await tx.rows(
    `UPDATE budget_use b SET calls = b.calls - r.calls, cost = b.cost - r.cost
     FROM (SELECT x.key, x."window", sum(x.calls)::int AS calls, sum(x."costE4") / 10000.0 AS cost
           FROM action a, jsonb_to_recordset(coalesce(a.detail->'reservations', '[]')) AS x(key text, "window" text, calls int, "costE4" bigint)
           WHERE a.id = ANY($1::uuid[]) GROUP BY x.key, x."window") r
     WHERE b.key = r.key AND b."window" = r."window"`,
    [actions],
  );
  await tx.rows(
    `SELECT count(pg_notify('cs_approval', json_build_object('id', x.id, 'sessionId', x.session_id, 'actionId', x.action_id)::text))::int FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS x(id, session_id, action_id)`,
    [cancelled.map((one) => one.id), cancelled.map((one) => one.session_id), actions],
  );
  // Last of all: from here on until the commit the order's row is held, which its fence needs.
  await tx.rows(
    `UPDATE switch_order SET matched = coalesce(matched, '{"sessions": 0, "instances": 0}'::jsonb) || jsonb_build_object('approvals', coalesce((matched->>'approvals')::int, 0) + $2::int) WHERE id = $1`,
    [row.id, cancelled.length],
  );
}

/** Sessions that another standing order has stopped without proof so far, or that are paused already, are this order's targets too. */
async function noteOpenTargets(tx: Sql, ctx: Context, row: FullOrderRow, keys: ControlKeys): Promise<void> {
  for (const cover of heldBy(row, { keys: keys.get(), now: ctx.now() })) {
    const which = sessionsIn(cover, env().environment, 2);
    if (!which) continue;
    await tx.rows(
      `INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at)
       SELECT DISTINCT ON (t.session_id) $1::uuid, t.session_id, t.instance_id, clock_timestamp()
       FROM switch_target t JOIN session s ON s.id = t.session_id JOIN switch_order o ON o.id = t.order_id
       WHERE t.order_id <> $1 AND o.release_jws IS NULL AND t.confirmed_at IS NULL AND ${which.text}
       ON CONFLICT DO NOTHING`,
      [row.id, ...which.params],
    );
    if (cover.kind === 'pause') {
      await tx.rows(
        `INSERT INTO switch_target (order_id, session_id, instance_id, ordered_at) SELECT $1::uuid, s.id, s.instance_id, clock_timestamp() FROM session s WHERE s.state = 'paused' AND ${which.text} ON CONFLICT DO NOTHING`,
        [row.id, ...which.params],
      );
    }
  }
}

const notifySessions = (tx: Sql, ids: string[]) => tx.rows(`SELECT count(pg_notify('cs_session', json_build_object('id', id)::text))::int FROM unnest($1::uuid[]) AS id`, [ids]);
