import { decideApproval } from '@/lib/approvals';
import { decideApprovalSchema } from '@/lib/approvals/schema';
import { env } from '@/lib/env';
import { DomainError } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = decideApprovalSchema.omit({ approvalId: true });

export const POST = operation({ verb: 'approval.deny', query: noQuery }, async ({ ctx, params, request }) => {
  const approvalId = idOf(params);
  const body = parseInput(bodySchema, await readJson(request));
  try {
    return json(await decideApproval(ctx, { approvalId, ...body }));
  } catch (error) {
    // It goes on waiting; the address says where a person can finish it.
    if (error instanceof DomainError && error.code === 'step_up_required') throw new DomainError('step_up_required', error.message, { data: { ...error.data, url: `${env().publicUrl}/approvals/${approvalId}` }, cause: error });
    throw error;
  }
});
