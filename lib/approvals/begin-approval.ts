import { authorise, beginStepUp, beginStepUpOrCode } from '@/lib/access';
import type { OfferedStepUp } from '@/lib/access/schema';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { comparedChange, type ChangeJudge } from './prepare-change';
import { approvalSubject, codeCounts } from './rules';
import { askedRouteSchema, signApprovalSchema } from './schema';

/**
 * Asks the person for a passkey over a yes to exactly these arguments, or for a one-time password where the route takes one. Whether
 * they stand and this person counts is judged when the yes comes, and so is what it may be proven by. With changes it is over the arguments
 * as they are then.
 */
export async function beginApproval(ctx: Context, input: unknown, gate?: ChangeJudge): Promise<OfferedStepUp> {
  authorise(ctx, 'approval.decide');
  const { approvalId, digest: seen, args, edits } = parseInput(signApprovalSchema, input);
  const wanted = args ? { args } : edits ? { edits } : undefined;
  const digest = (wanted && gate ? (await comparedChange(gate.toolOf, approvalId, seen, wanted))?.to.digest : undefined) ?? seen;
  const [asked] = await sql.rows<{ route: unknown }>('SELECT route FROM approval WHERE id = $1', [approvalId]);
  const route = askedRouteSchema.safeParse(asked?.route);
  const begin = route.success && codeCounts(route.data) ? beginStepUpOrCode : beginStepUp;
  return begin(ctx, approvalSubject({ id: approvalId, digest }));
}
