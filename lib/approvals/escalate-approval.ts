import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { lockApproval } from './internal';
import { decidedBefore } from './refusals';
import { groupWords, nextTier, tiersReached } from './tiers';
import { escalateApprovalSchema, type EscalateApproval } from './schema';
import { takeUp } from './take-up';

/**
 * Sends a question up before its time, on a person's word: from then on the next tier may decide as well. `tier` is the one the person
 * saw it go to (from 1), so that two who press at once send it up once. Throws `conflict` where it went there already or is decided.
 */
export async function escalateApproval(ctx: Context, input: EscalateApproval): Promise<{ id: string; tier: number; to: string }> {
  authorise(ctx, 'approval.escalate');
  const { approvalId, tier } = parseInput(escalateApprovalSchema, input);
  return sqlTransaction(async (tx) => {
    const approval = await lockApproval(tx, approvalId);
    if (!approval) throw notFound('There is no such approval.');
    if (approval.state !== 'pending' && approval.state !== 'partially_approved') throw decidedBefore(approval);
    if (approval.decideBy <= approval.now) throw decidedBefore({ ...approval, state: 'expired' });
    const next = nextTier(approval, approval.now);
    const reached = tiersReached(approval, approval.now);
    if (tier <= reached) throw conflict(`It has gone to ${groupWords(approval.route.escalation[tier - 1]!.groups)} already.`, { why: 'escalated', tier: reached });
    if (!next) throw conflict('There is nobody further up: this route has no tier after the one that is asked now.', { why: 'no_tier', tier: reached });
    if (tier !== next.index + 1) throw conflict(`It goes to ${groupWords(next.groups)} first.`, { why: 'not_next', tier: reached });
    await record(tx, ctx, [await takeUp(tx, approval, tier, 'person')]);
    return { id: approvalId, tier, to: groupWords(next.groups) };
  });
}
