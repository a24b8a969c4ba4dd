import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { addressOf } from '@/components/approvals/queue-address';
import { LiveRefresh } from '@/components/live/live-refresh';
import { authorise } from '@/lib/access';
import { OpenFirst } from './open-first';
import { askOf } from './queue-filter';
import { queueStretch } from './queue-rows';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const ask = askOf(await searchParams);
  const { rows: [first] } = await queueStretch(actor, { ask: { ...ask, grouped: false }, limit: 1, counted: false });
  return (
    <>
      {/* The list reads itself; what stands around it can wait a little longer. */}
      <LiveRefresh topics={['approvals', 'switches', 'sessions']} everyMs={3_000} late />
      <div className="approvals-none">
        {first && !ask.grouped && <OpenFirst address={addressOf(first.id, ask)} />}
        <p className="text-13 text-text-3">{first ? 'Choose a request to read it here.' : 'What is asked appears here by itself.'}</p>
      </div>
    </>
  );
}
