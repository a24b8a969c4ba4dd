import { createAgent, listAgents } from '@/lib/agents';
import type { CreateAgent } from '@/lib/agents/schema';
import { agentsQuery, noQuery } from '../_queries';
import { cut, json, operation, pageOf, readJson } from '../_rest';

export const GET = operation({ verb: 'agent.read', query: agentsQuery }, async ({ query, request }) => {
  const { after, limit } = query;
  // By name, as the list is ordered everywhere; there are as many agents as somebody registered by hand.
  const rows = (await listAgents()).sort((a, b) => (a.name < b.name ? -1 : 1)).filter((agent) => after === undefined || agent.name > after);
  return pageOf(request, cut(rows, limit, (last) => last.name));
});

export const POST = operation({ verb: 'agent.manage', query: noQuery }, async ({ ctx, request }) => json(await createAgent(ctx, (await readJson(request)) as CreateAgent), 201));
