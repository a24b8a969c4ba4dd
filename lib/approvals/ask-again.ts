import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { record, sessionEvent } from '@/lib/log';
import type { Obligation } from '@/lib/policies';
import { newId } from '@/lib/protocol/ids';
import { endApproval, lockApproval, tellApproval } from './internal';
import { mayUse } from './rules';

/** What the rules want now of an action that people agreed to: other people than were asked. */
export type AskedAgain = { obligation: Obligation; reason: string; ruleIds: readonly string[]; policyVersion: string };

/**
 * The rules changed between the grant and its use, and want other people: the approval is superseded, and its action asked about once more
 * under today's terms, with the arguments that stand. Once: of an approval that was asked again already only the first half happens.
 * Answers whether people are asked now.
 */
export async function askAgain(ctx: Context, approvalId: string, { obligation, reason, ruleIds, policyVersion }: AskedAgain): Promise<boolean> {
  return sqlTransaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId);
    if (!approval || !mayUse(approval, approval.now)) return false;
    const superseded = await endApproval(tx, approval, { state: 'cancelled', reason: 'superseded' }, undefined, { keepPlace: !approval.asksAgain });
    if (approval.asksAgain) {
      await record(tx, ctx, [superseded]);
      return false;
    }
    const id = newId();
    const decideBy = new Date(approval.now.getTime() + obligation.decideByMs);
    await tx.rows(
      `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, requested_at, decide_by, use_by_ms, asks_again, shape)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, (SELECT shape FROM approval WHERE id = $16))`,
      [id, approval.actionId, approval.sessionId, approval.agentId, approval.tool, approval.title, JSON.stringify(obligation), obligation.risk, reason, [...ruleIds], policyVersion, approval.digest, approval.now, decideBy, obligation.useByMs, approvalId],
    );
    await tx.rows(
      `UPDATE action SET decision = 'ask', code = 'approval.pending', reason = $2, approval_id = $3, policy_version = $4, detail = detail || jsonb_build_object('obligation', $5::jsonb, 'owedFor', $6::text) WHERE id = $1`,
      [approval.actionId, reason, id, policyVersion, JSON.stringify(obligation), approval.digest],
    );
    await record(tx, ctx, [superseded, sessionEvent(approval.sessionId, 'approval.requested', {
      approvalId: id, actionId: approval.actionId, tool: approval.tool, title: approval.title, risk: obligation.risk, routes: [...obligation.routes], groups: obligation.groups, digest: approval.digest, decideBy: decideBy.toISOString(), sentence: reason,
    }, { agentId: approval.agentId })]);
    await tellApproval(tx, { id, sessionId: approval.sessionId, actionId: approval.actionId });
    return true;
  });
}
