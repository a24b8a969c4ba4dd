import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { HandoverScreen, shiftHours } from '@/components/handover/handover-screen';
import { BackLine } from '@/components/shell/back-line';
import { authorise, may } from '@/lib/access';
import { listHandovers } from '@/lib/handover';
import { draftedAt, shiftBegin } from '@/lib/handover/rules';
import { newId } from '@/lib/protocol/ids';
import { handOver } from './handover-actions';
import { shiftDraft } from './shift-draft';

export const metadata: Metadata = { title: 'Handover' };

const HOUR = 60 * 60_000;
const KEPT = 20;

export default async function HandoverPage({ searchParams }: { searchParams: Promise<{ hours?: string | string[] }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  authorise(ctx, 'alert.read');
  // Before the time that the draft looks until, since the next one begins at what it says.
  const id = newId();
  const now = ctx.now();
  const notes = await listHandovers(KEPT);
  const asked = (await searchParams).hours;
  const hours = shiftHours.find((one) => String(one) === asked);
  const since = hours === undefined ? shiftBegin(notes[0] ? draftedAt(notes[0]) : null, now) : new Date(now.getTime() - hours * HOUR);
  return (
    <>
      <BackLine line="Handover" />
      <HandoverScreen
        notes={notes.map(({ text: _, ...note }) => note)} hours={hours}
        {...(may(actor, 'handover.write') && { draft: { id, since: since.toISOString(), text: await shiftDraft(since, now) }, handOver })}
      />
    </>
  );
}
