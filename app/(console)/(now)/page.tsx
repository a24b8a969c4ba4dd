import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { NowScreen } from '@/components/now/now-screen';
import { listAgents } from '@/lib/agents';
import { alertedSessions, ownAlerts } from '@/lib/alerts';
import { armedDeadMen } from '@/lib/dead-man';
import { openAlerts } from '@/lib/detectors';
import { handoverFor } from '@/lib/handover';
import { noteSummary } from '@/lib/handover/rules';
import { listPendingRequests } from '@/lib/pending';
import { listSessions } from '@/lib/sessions';
import { DemoFleet } from '../demo-fleet';
import { standingOrders, waitingCounts, waitingOn } from '../frame-facts';
import { howDrillsStand, nowFacts } from '../now-facts';
import { nowSections } from '../now-sections';
import { nameOrders } from '../switches/name-orders';

export const metadata: Metadata = { title: 'Now' };

export default async function NowPage() {
  const { actor, ctx } = await requireSession();
  const [pending, orders, waiting, { yours: waits }, lost, facts, alerts, armed, drills, alerted, note, own] = await Promise.all([listPendingRequests(ctx), standingOrders().then(nameOrders), waitingOn(actor), waitingCounts(actor), listSessions({ state: 'lost', limit: 20 }), nowFacts(), openAlerts(), armedDeadMen(), howDrillsStand(), alertedSessions(20), handoverFor(actor.id), ownAlerts(5)]);
  const agents = new Map((armed.length > 0 ? await listAgents() : []).map((agent) => [agent.id, agent.name]));
  const deadMen = armed.map((one) => ({ ...one, name: one.scope === 'agent' ? (agents.get(one.target) ?? 'An agent') : `Everything in ${one.target}` }));
  // Beside real work the demo is not offered; while it runs it says so.
  const offer = facts.sessionsRunning === 0;
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', 'sessions', 'agents', 'alerts']} />
      <NowScreen view={{ sections: nowSections(actor, { orders, waiting, waits, lost, pending, alerts, alerted, own, deadMen, drills }), facts, handover: note && { id: note.id, by: note.by.name, at: note.to, summary: noteSummary(note.text) } }} start={<DemoFleet place="empty" offer={offer} />} foot={<DemoFleet place="line" offer={offer} />} />
    </>
  );
}
