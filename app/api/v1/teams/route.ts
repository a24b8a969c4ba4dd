import { listTeams } from '@/lib/access';
import { teamsQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

export const GET = operation({ verb: 'person.read', query: teamsQuery }, async ({ ctx, query, request }) => {
  const { after, limit } = query;
  const rows = (await listTeams(ctx)).sort((a, b) => (a.id < b.id ? -1 : 1)).filter((team) => after === undefined || team.id > after);
  return pageOf(request, cut(rows, limit, (last) => last.id));
});
