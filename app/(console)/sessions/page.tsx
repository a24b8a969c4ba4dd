import type { Metadata } from 'next';
import Link from 'next/link';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { SessionList, type SessionFilter } from '@/components/sessions/session-list';
import { authorise } from '@/lib/access';
import { listSessions } from '@/lib/sessions';
import { idSchema } from '@/lib/protocol/ids';
import { sessionCounts } from '../frame-facts';
import { LiveEmpty } from '../live-empty';
import { sessionRow } from './session-row';

export const metadata: Metadata = { title: 'Sessions' };

const PAGE = 100;
const running = new Set(['open', 'lost', 'paused']);

export default async function SessionsPage({ searchParams }: { searchParams: Promise<{ show?: string; after?: string; agent?: string }> }) {
  const { ctx } = await requireSession();
  authorise(ctx, 'session.read');
  const { show, after, agent } = await searchParams;
  const filter: SessionFilter = show === 'ended' || show === 'all' ? show : 'open';
  const page = { limit: PAGE, ...(idSchema.safeParse(after).success ? { after: after! } : {}), ...(idSchema.safeParse(agent).success ? { agentId: agent! } : {}) };
  const [counts, read] = await Promise.all([sessionCounts(), filter === 'open' ? runningSessions(page) : listSessions(page)]);
  const rows = read.filter((session) => filter === 'all' || running.has(session.state) === (filter === 'open'));
  const last = read.length >= PAGE ? read.at(-1) : undefined;
  return (
    <>
      <LiveRefresh topics={['sessions', 'approvals', 'switches']} />
      <SessionList
        rows={rows.map(sessionRow)} counts={{ open: counts.running, stopped: counts.stopped }} filter={filter}
        empty={<LiveEmpty title={filter === 'open' ? 'No agent is at work.' : 'No session is kept here.'} />}
        more={last && <p className="margin-head mt-3"><Link className="link reach" href={`/sessions?show=${filter}&after=${last.id}${agent ? `&agent=${encodeURIComponent(agent)}` : ''}`} prefetch={false}>Older sessions</Link></p>}
      />
    </>
  );
}

/** Everything that runs, of each of the three states that a stop would hit. */
async function runningSessions(page: { limit: number; after?: string; agentId?: string }) {
  const lists = await Promise.all((['open', 'lost', 'paused'] as const).map((state) => listSessions({ ...page, state })));
  return lists.flat().sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, page.limit);
}
