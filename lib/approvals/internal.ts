import type { Sql } from '@/lib/db';
import { lockStream, sessionEvent, sessionStream, type NewEvent } from '@/lib/log';
import { matchingOrder, standingOrders, type StandingOrder } from '@/lib/switches/rules';
import { env } from '@/lib/env';
import { askedRouteSchema, type ApprovalStateName, type AskedRoute, type CancelReason } from './schema';

export type LockedApproval = {
  id: string; actionId: string; sessionId: string; agentId: string; instanceId: string; tool: string; title: string; state: ApprovalStateName; digest: string; revision: number;
  requestedAt: Date; decideBy: Date; useBy: Date | null; useByMs: number; route: AskedRoute; tier: number; sessionState: string; principalType: string | null; principalId: string | null; principalVerified: boolean; ownerId: string | null;
  decidedById: string | null; decidedByName: string | null; decidedAt: Date | null; cancelReason: string | null; decisionReason: string | null; asksAgain: string | null; now: Date;
};

const LOCK = `
SELECT p.id, p.action_id AS "actionId", p.session_id AS "sessionId", p.agent_id AS "agentId", s.instance_id AS "instanceId", p.tool, p.title, p.state, p.digest, p.revision,
  p.requested_at AS "requestedAt", p.decide_by AS "decideBy", p.use_by AS "useBy", p.use_by_ms AS "useByMs", p.route, p.tier, s.state AS "sessionState", s.principal_type AS "principalType", s.principal_id AS "principalId", s.principal_verified AS "principalVerified", a.owner_id AS "ownerId",
  p.decided_by_id AS "decidedById", d.name AS "decidedByName", p.decided_at AS "decidedAt", p.cancel_reason AS "cancelReason", p.decision_reason AS "decisionReason", p.asks_again AS "asksAgain"
FROM approval p JOIN session s ON s.id = p.session_id JOIN agent a ON a.id = p.agent_id LEFT JOIN person d ON d.id = p.decided_by_id
WHERE p.id = $1 FOR UPDATE OF p`;

/** The approval with its row locked, and the database's clock read after the lock was had. */
export async function lockApproval(tx: Sql, id: string): Promise<LockedApproval | undefined> {
  const [of] = await tx.rows<{ sessionId: string }>('SELECT session_id AS "sessionId" FROM approval WHERE id = $1', [id]);
  if (!of) return undefined;
  await lockStream(tx, sessionStream(of.sessionId));
  // Waited for first, read next: a row that was waited for is read anew, but what is joined to it would still be as before the wait.
  await tx.rows('SELECT 1 FROM approval WHERE id = $1 FOR UPDATE', [id]);
  const [row] = await tx.rows<LockedApproval>(LOCK, [id]);
  if (!row) return undefined;
  const [clock] = await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
  const route = askedRouteSchema.parse(row.route);
  // The gateway alone writes how long a grant may be used; a change can have put it under a route that gives less.
  return { ...row, route, useByMs: Math.min(row.useByMs, route.useByMs), now: clock!.now };
}

/** Why nobody's word on it counts any more although its row still says that it waits; null where it does. */
export async function whyEnded(tx: Sql, approval: LockedApproval): Promise<'stopped' | 'session_ended' | null> {
  if (await isStopped(tx, approval)) return 'stopped';
  return ['closed', 'stopped'].includes(approval.sessionState) ? 'session_ended' : null;
}

/** Whether a stop stands over it. Rows are taken at their word here; the gate verifies signatures once more. */
async function isStopped(tx: Sql, approval: LockedApproval): Promise<boolean> {
  const rows = await tx.rows<StandingOrder>(`SELECT id, kind, scope, target, environment, generation::int, reason, drill, engaged_at::text AS "engagedAt", order_jws AS "orderJws" FROM switch_order WHERE state <> 'released' AND kind = 'stop'`);
  if (rows.length === 0) return false;
  // A bundle is large: it is looked into only where a class is stopped.
  const classes = rows.some(({ scope }) => scope === 'class') ? await classesOf(tx, approval) : [];
  return matchingOrder(standingOrders(rows), { sessionId: approval.sessionId, instanceId: approval.instanceId, agentId: approval.agentId, classes, environment: env().environment }) !== null;
}

/** The classes of the approval's tool, by the bundle that is in use. */
async function classesOf(tx: Sql, approval: Pick<LockedApproval, 'tool'>): Promise<string[]> {
  const [bundle] = await tx.rows<{ classes: string[] | null }>(
    `SELECT ARRAY(SELECT jsonb_array_elements_text(t->'classes')) AS classes
     FROM (SELECT body::jsonb AS body FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1) b, jsonb_array_elements(b.body->'tools') t WHERE t->>'name' = $1`,
    [approval.tool],
  );
  return bundle?.classes ?? [];
}

export const tellApproval = (tx: Sql, approval: { id: string; sessionId: string; actionId: string }) =>
  tx.rows('SELECT pg_notify($1, $2)::text', ['cs_approval', JSON.stringify({ id: approval.id, sessionId: approval.sessionId, actionId: approval.actionId })]);

/** Ends an approval without a person's word; its action becomes a deny, and what it had set aside of limits is given back unless it keeps its place in them. */
export async function endApproval(tx: Sql, approval: { id: string; sessionId: string; actionId: string; agentId: string; decideBy: Date; useBy: Date | null }, end: { state: 'expired' | 'unused_expired' } | { state: 'cancelled'; reason: CancelReason }, why?: string, { keepPlace = false } = {}): Promise<NewEvent> {
  const { id, actionId, sessionId, agentId } = approval;
  const cancelReason = end.state === 'cancelled' ? end.reason : null;
  await tx.rows(`UPDATE approval SET state = $2, cancel_reason = $3, decided_at = clock_timestamp() WHERE id = $1`, [id, end.state, cancelReason]);
  // Only people give reasons, and only where they write may this column be written.
  if (why) await tx.rows('UPDATE approval SET decision_reason = $2 WHERE id = $1', [id, why]);
  await denyAction(tx, actionId, end.state === 'cancelled' ? 'approval.cancelled' : 'approval.expired', why ? `${sentenceOf(end)} ${why}` : sentenceOf(end), keepPlace);
  await tellApproval(tx, approval);
  switch (end.state) {
    case 'expired': return sessionEvent(sessionId, 'approval.expired', { approvalId: id, actionId, decideBy: approval.decideBy.toISOString() }, { agentId });
    case 'unused_expired': return sessionEvent(sessionId, 'approval.unused_expired', { approvalId: id, actionId, useBy: (approval.useBy ?? approval.decideBy).toISOString() }, { agentId });
    case 'cancelled': return sessionEvent(sessionId, 'approval.cancelled', { approvalId: id, actionId, reason: end.reason }, { agentId });
  }
}

/** An action that was waiting for a person is denied from here on. */
export async function denyAction(tx: Sql, actionId: string, code: string, reason: string, keepPlace = false): Promise<void> {
  const [action] = await tx.rows<{ detail: { reservations?: { key: string; window: string; calls: number; costE4: number }[] } }>(
    `UPDATE action SET decision = 'deny', code = $2, reason = $3 WHERE id = $1 RETURNING detail`, [actionId, code, reason],
  );
  const reserved = action?.detail.reservations ?? [];
  if (reserved.length === 0 || keepPlace) return;
  await tx.rows(
    `UPDATE budget_use b SET calls = b.calls - r.calls, cost = b.cost - r."costE4" / 10000.0
     FROM json_to_recordset($1::json) AS r(key text, "window" text, calls int, "costE4" bigint) WHERE b.key = r.key AND b."window" = r."window"`,
    [JSON.stringify(reserved)],
  );
}

function sentenceOf(end: { state: 'expired' | 'unused_expired' } | { state: 'cancelled'; reason: CancelReason }): string {
  switch (end.state) {
    case 'expired': return 'Nobody decided in time, and no answer is not a yes.';
    case 'unused_expired': return 'It was approved, and not used in time. Ask again if it is still wanted.';
    case 'cancelled': return { session_ended: 'The session ended before this was used.', stopped: 'A stop was engaged before this was used.', withdrawn: 'The question was withdrawn.', superseded: 'The rules changed after this was asked. Ask again.', unproven: 'A signature under this approval does not hold. Nothing was allowed; ask again.' }[end.reason];
  }
}
