import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { LiveRefresh } from '@/components/live/live-refresh';
import { PendingNote } from '@/components/pending/pending-note';
import { PendingOver } from '@/components/pending/pending-over';
import { PendingRelease } from '@/components/pending/pending-release';
import { BackLine } from '@/components/shell/back-line';
import { orderTitle } from '@/components/switches/scope-words';
import { authorise, may } from '@/lib/access';
import { getPendingRequest } from '@/lib/pending';
import { getOrder } from '@/lib/switches';
import { signApproval } from '../../approvals/decide-action';
import { readCard } from '../../approvals/read-card';
import { revealText } from '../../sessions/payload-actions';
import { nameOrders } from '../../switches/name-orders';
import { signRelease } from '../../switches/switch-actions';
import { decideRequest, finishRelease, letBe } from '../pending-actions';

export const metadata: Metadata = { title: 'Finish a request' };

/** What one's token asked for, shown as it would be done, and finished here with a passkey. */
export default async function PendingPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  const { id } = await params;
  const request = await getPendingRequest(ctx, id);
  if (!request) notFound();
  const over = (stale: boolean) => <><LiveRefresh topics={['switches', 'approvals']} /><BackLine line="A request of yours" /><PendingOver request={request} stale={stale} /></>;
  if (request.state.kind !== 'open') return over(false);
  if (request.kind === 'approval_decision') {
    authorise(ctx, 'payload.read');
    const view = await readCard(ctx, actor, request.objectId);
    if (!view) notFound();
    if (view.digest !== request.body.digest) return over(true);
    return (
      <>
        <LiveRefresh topics={['approvals', 'switches', `session:${view.session.id}`]} />
        <BackLine line="A request of yours" />
        <PendingNote request={request} />
        <div className="pending-card"><ApprovalCard view={view} decide={decideRequest.bind(null, id)} begin={signApproval} {...(may(actor, 'payload.reveal') && { reveal: revealText.bind(null, view.session.id) })} /></div>
      </>
    );
  }
  authorise(ctx, 'switch.read');
  const detail = await getOrder(request.objectId);
  if (!detail) notFound();
  const [named] = await nameOrders([detail.order]);
  return (
    <>
      <LiveRefresh topics={['switches']} />
      <BackLine line="A request of yours" />
      <PendingRelease note={<PendingNote request={request} />} request={request} order={detail.order} title={orderTitle(detail.order, named!.name)} begin={signRelease} finish={finishRelease.bind(null, id)} letBe={letBe.bind(null, id)} />
    </>
  );
}
