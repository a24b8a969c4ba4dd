import { listPeople } from '@/lib/access';
import { peopleQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

export const GET = operation({ verb: 'person.read', query: peopleQuery }, async ({ ctx, query, request }) => {
  const { after, limit } = query;
  // By id, which is the order in which they were added: it holds while names and states change.
  const rows = (await listPeople(ctx)).sort((a, b) => (a.id < b.id ? -1 : 1)).filter((person) => after === undefined || person.id > after);
  return pageOf(request, cut(rows, limit, (last) => last.id));
});
