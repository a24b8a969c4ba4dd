import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { OpenFirst } from './open-first';
import { readFilter } from './queue-filter';
import { queueRows } from './queue-rows';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<{ show?: string | string[] }> }) {
  const { actor } = await requireSession();
  const filter = readFilter((await searchParams).show);
  const { waiting, decided } = await queueRows(actor);
  const [first] = filter === 'decided' ? decided : filter === 'others' ? waiting.filter((row) => !row.yours) : waiting;
  return (
    <>
      <LiveRefresh topics={['approvals', 'switches', 'sessions']} />
      <div className="approvals-none">
        {first && <OpenFirst id={first.id} query={filter === 'yours' ? '' : `?show=${filter}`} />}
        <p className="text-13 text-text-3">{first ? 'Choose a request to read it here.' : 'What is asked appears here by itself.'}</p>
      </div>
    </>
  );
}
