import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { NowScreen } from '@/components/now/now-screen';
import { listAgents } from '@/lib/agents';
import { armedDeadMen } from '@/lib/dead-man';
import { openAlerts } from '@/lib/detectors';
import { listPendingRequests } from '@/lib/pending';
import { listSessions } from '@/lib/sessions';
import { DemoFleet } from '../demo-fleet';
import { standingOrders, waitingApprovals } from '../frame-facts';
import { howDrillsStand, nowFacts } from '../now-facts';
import { nowSections } from '../now-sections';
import { nameOrders } from '../switches/name-orders';

export const metadata: Metadata = { title: 'Now' };

export default async function NowPage() {
  const { actor, ctx } = await requireSession();
  const [pending, orders, waiting, lost, facts, alerts, armed, drills] = await Promise.all([listPendingRequests(ctx), standingOrders().then(nameOrders), waitingApprovals(), listSessions({ state: 'lost', limit: 20 }), nowFacts(), openAlerts(), armedDeadMen(), howDrillsStand()]);
  const agents = new Map((armed.length > 0 ? await listAgents() : []).map((agent) => [agent.id, agent.name]));
  const deadMen = armed.map((one) => ({ ...one, name: one.scope === 'agent' ? (agents.get(one.target) ?? 'An agent') : `Everything in ${one.target}` }));
  // Beside real work the demo is not offered; while it runs it says so.
  const offer = facts.sessionsRunning === 0;
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', 'sessions', 'agents']} />
      <NowScreen view={{ sections: nowSections(actor, { orders, waiting, lost, pending, alerts, deadMen, drills }), facts }} start={<DemoFleet place="empty" offer={offer} />} foot={<DemoFleet place="line" offer={offer} />} />
    </>
  );
}
