import { withdrawApproval } from '@/lib/approvals';
import { withdrawApprovalSchema } from '@/lib/approvals/schema';
import { parseInput } from '@/lib/parse-input';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = withdrawApprovalSchema.omit({ approvalId: true });

export const POST = operation({ verb: 'approval.withdraw', query: noQuery }, async ({ ctx, params, request }) =>
  json(await withdrawApproval(ctx, { approvalId: idOf(params), ...parseInput(bodySchema, await readJson(request)) })));
