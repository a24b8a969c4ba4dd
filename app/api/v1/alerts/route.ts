import { listAlerts } from '@/lib/alerts';
import { alertsQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

export const GET = operation({ verb: 'alert.read', query: alertsQuery }, async ({ query, request }) => {
  const { show, state, severity, agent, session, rule, detector, after, limit } = query;
  const rows = await listAlerts({ tab: show, state, severity, agentId: agent, sessionId: session, rule, detector, order: 'raised', after, limit: limit + 1 });
  return pageOf(request, cut(rows, limit, (last) => last.id));
});
