import { getApproval } from '@/lib/approvals';
import { authorise } from '@/lib/access';
import { notFound } from '@/lib/errors';
import { noQuery } from '../../_queries';
import { idOf, json, operation } from '../../_rest';

export const GET = operation({ verb: 'approval.read', query: noQuery }, async ({ ctx, params }) => {
  // It carries the arguments as the gate decoded them.
  authorise(ctx, 'payload.read');
  const approval = await getApproval(ctx, idOf(params));
  if (!approval) throw notFound('There is no such approval.');
  return json(approval);
});
