import { authorise, beginStepUp } from '@/lib/access';
import type { StepUpChallenge } from '@/lib/access/schema';
import type { Context } from '@/lib/context';
import { parseInput } from '@/lib/parse-input';
import { approvalSubject } from './rules';
import { signApprovalSchema } from './schema';

/** Asks the person for a passkey over a yes to exactly these arguments. Whether they stand and this person counts is judged when the yes comes. */
export async function beginApproval(ctx: Context, input: unknown): Promise<StepUpChallenge> {
  authorise(ctx, 'approval.decide');
  const { approvalId, digest } = parseInput(signApprovalSchema, input);
  return beginStepUp(ctx, approvalSubject({ id: approvalId, digest }));
}
