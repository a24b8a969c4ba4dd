import { listSessions } from '@/lib/sessions';
import { sessionsQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

export const GET = operation({ verb: 'session.read', query: sessionsQuery }, async ({ query, request }) => {
  const { state, agent, after, limit } = query;
  const rows = await listSessions({ state, agentId: agent, after, limit: Math.min(limit + 1, 200) });
  // At the most that can be asked for, a full page may have been the last: the next is then empty, and says so.
  return pageOf(request, limit === 200 && rows.length === 200 ? { items: rows, next: rows[199]!.id } : cut(rows, limit, (last) => last.id));
});
