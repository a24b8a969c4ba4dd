import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise, may } from '@/lib/access';
import { revealText } from '../../sessions/payload-actions';
import { waitingApprovals } from '../../frame-facts';
import { decide, signApproval } from '../decide-action';
import { readCard } from '../read-card';

export const metadata: Metadata = { title: 'Approval' };

export default async function ApprovalPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  authorise(ctx, 'payload.read');
  const { id } = await params;
  const [view, waiting] = await Promise.all([readCard(ctx, actor, id), waitingApprovals()]);
  if (!view) notFound();
  const place = waiting.findIndex((one) => one.id === id);
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', `session:${view.session.id}`]} />
      <BackLine line={place === -1 ? 'Approvals' : `${place + 1} of ${waiting.length}`} />
      <ApprovalCard view={view} decide={decide} begin={signApproval} {...(may(actor, 'payload.reveal') && { reveal: revealText.bind(null, view.session.id) })} />
    </>
  );
}
