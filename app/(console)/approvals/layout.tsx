import type { ReactNode } from 'react';
import { requireSession } from '@/app/_session/current-actor';
import { authorise } from '@/lib/access';
import { countApprovals } from '@/lib/approvals';
import { LiveEmpty } from '../live-empty';
import { ApprovalsFrame } from './approvals-frame';
import { queueRows } from './queue-rows';

export default async function ApprovalsLayout({ children }: { children: ReactNode }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const [{ waiting, decided }, counted] = await Promise.all([queueRows(actor), countApprovals()]);
  const yours = waiting.filter((row) => row.yours).length;
  return (
    <ApprovalsFrame
      waiting={waiting} decided={decided} counts={{ yours, others: waiting.length - yours, decided: counted.decided }}
      empty={{ yours: <LiveEmpty title="Nothing needs you." />, others: <LiveEmpty title="Nothing waits on others." />, decided: <LiveEmpty title="Nothing was decided yet." /> }}
    >
      {children}
    </ApprovalsFrame>
  );
}
