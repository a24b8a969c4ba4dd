import { notFound } from '@/lib/errors';
import { getSession, readTimeline } from '@/lib/sessions';
import { eventsQuery } from '../../../_queries';
import { cut, idOf, operation, pageOf } from '../../../_rest';

export const GET = operation({ verb: 'session.read', query: eventsQuery }, async ({ params, query, request }) => {
  const id = idOf(params);
  if (!(await getSession(id))) throw notFound('There is no such session.');
  return pageOf(request, cut(await readTimeline(id, query.after, query.limit + 1), query.limit, (last) => String(last.seq)));
});
