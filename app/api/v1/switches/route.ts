import { engageSwitch, listOrders, listStandingOrders } from '@/lib/switches';
import { noQuery, switchesQuery } from '../_queries';
import { cut, json, operation, pageOf, readJson } from '../_rest';

export const GET = operation({ verb: 'switch.read', query: switchesQuery }, async ({ query, request }) => {
  const { state, after, limit } = query;
  if (state === 'standing') {
    const rows = (await listStandingOrders({ drills: true })).sort((a, b) => (a.id < b.id ? 1 : -1)).filter((order) => after === undefined || order.id < after);
    return pageOf(request, cut(rows, limit, (last) => last.id));
  }
  const rows = await listOrders({ ...(after ? { after } : {}), limit: Math.min(limit + 1, 200) });
  return pageOf(request, limit === 200 && rows.length === 200 ? { items: rows, next: rows[199]!.id } : cut(rows, limit, (last) => last.id));
});

/** Engages; the verb itself knows what each scope takes. Accepted and in force, not yet acknowledged by every target: hence 202. */
export const POST = operation({ verb: 'switch.engage.session', query: noQuery }, async ({ ctx, request }) => json({ order: await engageSwitch(ctx, await readJson(request)) }, 202));
