import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { authorise } from '@/lib/access';
import { OpenFirst } from './open-first';
import { Queue, queueRows, readFilter } from './queue';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<{ show?: string | string[] }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const filter = readFilter((await searchParams).show);
  const [first] = await queueRows(actor, filter);
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', 'sessions']} />
      <ApprovalsScreen
        view="list" queue={<Queue person={actor} filter={filter} />}
        card={<div className="approvals-none">{first ? <><OpenFirst id={first.id} query={filter === 'yours' ? '' : `?show=${filter}`} /><p className="text-13 text-text-3">Choose a request to read it here.</p></> : <p className="text-13 text-text-3">What is asked appears here by itself.</p>}</div>}
      />
    </>
  );
}
