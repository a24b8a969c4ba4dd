import { decideApproval } from '@/lib/approvals';
import { decideApprovalSchema } from '@/lib/approvals/schema';
import { changeJudge } from '@/lib/gate';
import { parseInput } from '@/lib/parse-input';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';
import { orLeaveFor } from '../../../_step-up';

const bodySchema = decideApprovalSchema.omit({ approvalId: true, stepUp: true, edits: true });

export const POST = operation({ verb: 'approval.deny', query: noQuery }, async ({ ctx, params, request }) => {
  const approvalId = idOf(params);
  const body = parseInput(bodySchema, await readJson(request));
  const { digest, reason } = body;
  // Arguments are never left lying: where a key is needed over changed ones, the console is the place.
  if (body.args) return json(await decideApproval(ctx, { approvalId, ...body }, changeJudge));
  return json(await orLeaveFor(ctx, { kind: 'approval_decision', objectId: approvalId, body: { digest, ...(reason === undefined ? {} : { reason }) } }, () => decideApproval(ctx, { approvalId, ...body })));
});
