import { listCheckpoints } from '@/lib/log';
import { checkpointsQuery } from '../../_queries';
import { cut, operation, pageOf } from '../../_rest';

export const GET = operation({ verb: 'log.read', query: checkpointsQuery }, async ({ query, request }) =>
  pageOf(request, cut(await listCheckpoints(query.after, query.limit + 1), query.limit, (last) => String(last.index))));
