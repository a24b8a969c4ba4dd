import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { LogScreen } from '@/components/log/log-screen';
import { VerifyPanel } from '@/components/log/verify-panel';
import { authorise } from '@/lib/access';
import { listStreams, recentCheckpoints, recentEvents } from '@/lib/log';
import { logCheck } from './log-check';
import { logEvent, streamLabel } from './log-views';
import { verify } from './verify-action';

export const metadata: Metadata = { title: 'Log' };

const PAGE = 100;

export default async function LogPage({ searchParams }: { searchParams: Promise<{ stream?: string | string[]; before?: string | string[] }> }) {
  const { ctx } = await requireSession();
  authorise(ctx, 'log.read');
  const query = await searchParams;
  const stream = typeof query.stream === 'string' && /^(org\/[a-z]+|session\/[0-9a-f-]{36})$/.test(query.stream) ? query.stream : undefined;
  const before = typeof query.before === 'string' ? query.before : undefined;
  const [events, { streams, total }, checkpoints] = await Promise.all([recentEvents({ stream, before, limit: PAGE }), listStreams(), recentCheckpoints(8)]);
  const last = events.length === PAGE ? events.at(-1) : undefined;
  const older = new URLSearchParams({ ...(stream ? { stream } : {}), ...(last ? { before: last.place } : {}) });
  return (
    <>
      {before === undefined && <LiveRefresh topics={['log', 'approvals', 'switches']} />}
      <LogScreen
        events={events.map(logEvent)} streams={streams.map((one) => ({ ...one, label: streamLabel(one.id) }))} checkpoints={checkpoints} stream={stream} total={total}
        verify={<VerifyPanel state={logCheck()} verify={verify} />} olderHref={last && `/log?${older.toString()}`}
      />
    </>
  );
}
