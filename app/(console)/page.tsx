import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { NowScreen } from '@/components/now/now-screen';
import { may } from '@/lib/access';
import { demoState } from '@/lib/demo';
import { listSessions } from '@/lib/sessions';
import { standingOrders, waitingApprovals } from './frame-facts';
import { nowFacts } from './now-facts';
import { nowSections } from './now-sections';
import { StartDemo } from './start-demo';
import { startDemoFleet } from './demo-action';
import { nameOrders } from './switches/name-orders';

export const metadata: Metadata = { title: 'Now' };

export default async function NowPage() {
  const { actor, ctx } = await requireSession();
  const [orders, waiting, lost, facts, demo] = await Promise.all([standingOrders().then(nameOrders), waitingApprovals(), listSessions({ state: 'lost', limit: 20 }), nowFacts(), demoState(ctx.now())]);
  const mayStart = may(actor, 'demo.run') && !demo.wanted && facts.sessionsRunning === 0;
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', 'sessions', 'agents']} />
      <NowScreen view={{ sections: nowSections(actor, { orders, waiting, lost }), facts }} start={mayStart && <StartDemo start={startDemoFleet} />} />
    </>
  );
}
