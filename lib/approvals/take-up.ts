import type { Sql } from '@/lib/db';
import { sessionEvent, type NewEvent } from '@/lib/log';
import { tellApproval, type LockedApproval } from './internal';
import { groupWords, nextTier } from './tiers';

export type WhyUp = 'time' | 'unmet' | 'person';

/** Takes a question, whose row is locked, up to its tier `to` (from 1). The caller records the event in its transaction. Its time to decide stays as it was. */
export async function takeUp(tx: Sql, approval: LockedApproval, to: number, why: WhyUp): Promise<NewEvent> {
  const tier = approval.route.escalation[to - 1]!;
  const passed = approval.route.escalation.slice(approval.tier, to);
  await tx.rows('UPDATE approval SET tier = $2, escalated_at = $3, escalate_at = $4 WHERE id = $1', [approval.id, to, approval.now, escalateAt({ ...approval, tier: to }, approval.now)]);
  await tellApproval(tx, approval);
  return sessionEvent(approval.sessionId, 'approval.escalated', {
    approvalId: approval.id, actionId: approval.actionId, to: groupWords(tier.groups), tier: to, why, groups: tier.groups, notify: [...new Set(passed.flatMap((one) => one.notify))],
  }, { agentId: approval.agentId });
}

/** When somebody has to look at it next; null where the clock takes it nowhere any more. */
export function escalateAt(approval: Pick<LockedApproval, 'requestedAt' | 'tier' | 'route' | 'decideBy'>, now: Date): Date | null {
  const next = nextTier(approval, now);
  return next && next.at < approval.decideBy ? next.at : null;
}
