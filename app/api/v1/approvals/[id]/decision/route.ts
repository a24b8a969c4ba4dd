import { decideApproval } from '@/lib/approvals';
import { decideApprovalSchema } from '@/lib/approvals/schema';
import { parseInput } from '@/lib/parse-input';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';
import { orLeaveFor } from '../../../_step-up';

const bodySchema = decideApprovalSchema.omit({ approvalId: true, stepUp: true });

export const POST = operation({ verb: 'approval.deny', query: noQuery }, async ({ ctx, params, request }) => {
  const approvalId = idOf(params);
  const body = parseInput(bodySchema, await readJson(request));
  const { digest, reason } = body;
  return json(await orLeaveFor(ctx, { kind: 'approval_decision', objectId: approvalId, body: { digest, ...(reason === undefined ? {} : { reason }) } }, () => decideApproval(ctx, { approvalId, ...body })));
});
