import { cache } from 'react';
import type { NowFacts } from '@/components/now/view';
import { lastEventAt } from '@/lib/log';
import { listOrders } from '@/lib/switches';
import { isUnconfirmed } from '@/lib/switches/rules';
import { sessionCounts, standingOrders } from './frame-facts';

/** Facts that prove a page alive, each read from rows at this request; what nobody knows is null. */
export const nowFacts = cache(async (): Promise<NowFacts> => {
  const [sessions, standing, orders, last] = await Promise.all([sessionCounts(), standingOrders(), listOrders({ limit: 200 }), lastEventAt()]);
  return { agentsRunning: sessions.agents, sessionsRunning: sessions.running, stopped: standing.length, unconfirmed: standing.filter(isUnconfirmed).length, lastEventAt: last, lastDrillAt: orders.find((order) => order.drill)?.issuedAt ?? null, verifiedTo: null };
});
