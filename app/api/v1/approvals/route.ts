import { listApprovals } from '@/lib/approvals';
import { approvalsQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

export const GET = operation({ verb: 'approval.read', query: approvalsQuery }, async ({ query, request }) => {
  const { state, session, after, limit } = query;
  const rows = await listApprovals({ state, sessionId: session, after, limit: Math.min(limit + 1, 200) });
  // At the most that can be asked for, a full page may have been the last: the next is then empty, and says so.
  return pageOf(request, limit === 200 && rows.length === 200 ? { items: rows, next: rows[199]!.id } : cut(rows, limit, (last) => last.id));
});
