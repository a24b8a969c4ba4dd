import { makeContext, type Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { lockStream, sessionEvent, sessionStream, type NewEvent, record } from '@/lib/log';
import { endApproval, lockApproval, type LockedApproval } from './internal';
import { fateOf } from './rules';
import type { CancelReason } from './schema';

/** Cancels all that a session has open, also what was approved and not used; the caller records the events in its transaction. */
export async function cancelOpenApprovals(tx: Sql, sessionId: string, reason: CancelReason): Promise<NewEvent[]> {
  await lockStream(tx, sessionStream(sessionId));
  const open = await tx.rows<{ id: string; sessionId: string; actionId: string; agentId: string; decideBy: Date; useBy: Date | null }>(
    `SELECT id, session_id AS "sessionId", action_id AS "actionId", agent_id AS "agentId", decide_by AS "decideBy", use_by AS "useBy"
     FROM approval WHERE session_id = $1 AND state IN ('pending', 'partially_approved', 'approved') ORDER BY id FOR UPDATE`, [sessionId],
  );
  const events: NewEvent[] = [];
  for (const approval of open) events.push(await endApproval(tx, approval, { state: 'cancelled', reason }));
  return events;
}

/** The rules changed between the grant and its use: the approval falls. */
export const supersedeApproval = (ctx: Context, approvalId: string): Promise<void> => cancelApproval(ctx, approvalId, 'superseded', () => []);

/** Too few of the signatures under it hold: it falls, and what was found goes on the record before that. */
export const rejectForgery = (ctx: Context, approvalId: string, what: string): Promise<void> =>
  cancelApproval(ctx, approvalId, 'unproven', ({ id, actionId, sessionId, agentId, digest }) => [sessionEvent(sessionId, 'approval.forgery_found', { approvalId: id, actionId, digest, what }, { agentId })]);

async function cancelApproval(ctx: Context, approvalId: string, reason: CancelReason, first: (approval: LockedApproval) => NewEvent[]): Promise<void> {
  await sqlTransaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId);
    if (!approval || !['pending', 'partially_approved', 'approved'].includes(approval.state)) return;
    await record(tx, ctx, [...first(approval), await endApproval(tx, approval, { state: 'cancelled', reason })]);
  });
}

/** Ends what nobody decided in time and what was granted and not used, a batch at a time. Returns how many ended. */
export async function expireApprovals(ctx: Context = makeContext({ kind: 'system', process: 'worker' })): Promise<number> {
  const due = await sqlTransaction((tx) => tx.rows<{ id: string }>(
    `SELECT id FROM approval WHERE (state IN ('pending', 'partially_approved') AND decide_by <= clock_timestamp()) OR (state = 'approved' AND use_by <= clock_timestamp()) ORDER BY decide_by LIMIT 200`,
  ));
  let ended = 0;
  // One that cannot be ended must not keep the others open; it is told of afterwards.
  const failures: unknown[] = [];
  for (const { id } of due) {
    ended += await sqlTransaction(async (tx) => {
      const approval = await lockApproval(tx, id);
      if (!approval) return 0;
      const fate = fateOf({ ...approval, stopped: false, sessionEnded: false }, approval.now);
      if (fate.kind !== 'expired' && fate.kind !== 'unused_expired') return 0;
      await record(tx, ctx, [await endApproval(tx, approval, { state: fate.kind })]);
      return 1;
    }).catch((error: unknown) => { failures.push(error); return 0; });
  }
  if (failures.length > 0) throw failures[0];
  return ended;
}

/** Milliseconds until the next approval ends by itself; null when none is open. */
export async function nextExpiryMs(tx: Sql): Promise<number | null> {
  const [row] = await tx.rows<{ ms: number | null }>(
    `SELECT extract(epoch FROM min(CASE WHEN state = 'approved' THEN use_by ELSE decide_by END) - clock_timestamp())::float * 1000 AS ms FROM approval WHERE state IN ('pending', 'partially_approved', 'approved')`,
  );
  return row?.ms ?? null;
}
