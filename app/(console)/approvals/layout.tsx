import type { ReactNode } from 'react';
import { requireSession } from '@/app/_session/current-actor';
import { authorise, may } from '@/lib/access';
import { paceOf, standingFloods } from '@/lib/flow';
import { paceWords } from '@/lib/flow/rules';
import { LiveEmpty } from '../live-empty';
import { ApprovalsFrame } from './approvals-frame';
import { beginBulk, dropView, goOnWithBulk, keepView, leaveBulk, lookAtBulk } from './bulk-actions';
import { runningBulk } from '@/lib/approvals';
import { firstStretch } from './queue-rows';

export default async function ApprovalsLayout({ children }: { children: ReactNode }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const [first, running, pace, floods] = await Promise.all([firstStretch(actor), runningBulk(actor), paceOf(actor.id), standingFloods()]);
  const decidedLately = paceWords(pace);
  return (
    <ApprovalsFrame
      pace={decidedLately && `You decided ${decidedLately}.`} flooded={floods.map(({ agentName, orderId }) => ({ agentName, orderId }))}
      first={first} running={running} may={{ deny: may(actor, 'approval.deny'), approve: may(actor, 'approval.decide') }}
      bulk={{ begin: beginBulk, look: lookAtBulk, goOn: goOnWithBulk, leave: leaveBulk }} views={{ save: keepView, drop: dropView }}
      empty={{ yours: <LiveEmpty title="Nothing needs you." />, others: <LiveEmpty title="Nothing waits on others." />, decided: <LiveEmpty title="Nothing was decided yet." /> }}
    >
      {children}
    </ApprovalsFrame>
  );
}
