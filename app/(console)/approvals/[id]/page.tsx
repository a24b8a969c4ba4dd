import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { ActItem } from '@/components/approvals/act-item';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise, may } from '@/lib/access';
import { noteOpening, paceOf, usualWait } from '@/lib/flow';
import { isHasty, paceWords, usualWaitWords } from '@/lib/flow/rules';
import { revealText } from '../../sessions/payload-actions';
import { placeInQueue } from '@/lib/approvals';
import { toldWords } from '@/components/channels/words';
import { toldOf } from '@/lib/notify';
import { decide, escalate, signApproval, withdraw } from '../decide-action';
import { previewNarrowing, readArguments } from '../narrow-actions';
import { readCard } from '../read-card';

export const metadata: Metadata = { title: 'Approval' };

export default async function ApprovalPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  authorise(ctx, 'payload.read');
  const { id } = await params;
  const view = await readCard(ctx, actor, id);
  if (!view) notFound();
  const [place, pace, usual, told] = await Promise.all([placeInQueue(view.id), paceOf(actor.id), usualWait(id), toldOf(ctx, id), noteOpening(ctx, id)]);
  return (
    <>
      {/* What concerns this very request is shown at once; a busy session, and how much else waits, a moment later. */}
      <LiveRefresh topics={[`approval:${view.id}`, 'switches']} />
      <LiveRefresh topics={[`session:${view.session.id}`]} everyMs={1_500} />
      <LiveRefresh topics={['approvals']} everyMs={4_000} late />
      <BackLine line={place ? `${place.place.toLocaleString('en')} of ${place.of.toLocaleString('en')}` : 'Approvals'} />
      <ApprovalCard view={view} told={told.map(toldWords)} {...(usual && { usualWait: usualWaitWords(usual) })} {...(isHasty(pace) && { hasty: paceWords(pace) })} decide={decide} begin={signApproval} narrow={{ read: readArguments, preview: previewNarrowing }} {...(view.next && may(actor, 'approval.escalate') && { more: <ActItem act={escalate.bind(null, view.id, view.next.tier)}>Ask {view.next.to} now</ActItem> })} {...(view.own && may(actor, 'approval.withdraw') && { withdraw: withdraw.bind(null, view.id) })} {...(may(actor, 'payload.reveal') && { reveal: revealText.bind(null, view.session.id) })} />
    </>
  );
}
