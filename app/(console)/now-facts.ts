import { cache } from 'react';
import type { NowFacts } from '@/components/now/view';
import { drillStanding } from '@/lib/drills';
import { lastEventAt } from '@/lib/log';
import { isUnconfirmed } from '@/lib/switches/rules';
import { sessionCounts, standingOrders } from './frame-facts';

/** Read once a request: the sections of Now ask as well. */
export const howDrillsStand = cache(() => drillStanding());

/** Facts that prove a page alive, each read from rows at this request; what nobody knows is null. */
export const nowFacts = cache(async (): Promise<NowFacts> => {
  const [sessions, standing, drills, last] = await Promise.all([sessionCounts(), standingOrders(), howDrillsStand(), lastEventAt()]);
  return { agentsRunning: sessions.agents, sessionsRunning: sessions.running, stopped: standing.length, unconfirmed: standing.filter(isUnconfirmed).length, lastEventAt: last, lastDrillAt: drills.lastRun?.now.state === 'finished' ? drills.lastRun.now.at : null, verifiedTo: null };
});
