import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Digest } from '@/components/ui/digest';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { Empty } from '@/components/ui/states';
import { VisibleText } from '@/components/ui/visible';
import { EventTable } from './event-table';
import type { CheckpointRow, LogEvent, StreamRow } from './view';

type Props = {
  events: readonly LogEvent[]; streams: readonly StreamRow[]; checkpoints: readonly CheckpointRow[]; stream?: string | undefined; total: number;
  /** The chain's state and the button that checks it. */
  verify: ReactNode;
  /** Where older events are, when there are any. */
  olderHref?: string | undefined;
};

/** The record: everything that happened, in streams, and the checkpoints that hold them. */
export function LogScreen({ events, streams, checkpoints, stream, total, verify, olderHref }: Props) {
  return (
    <div className="page">
      <div className="page-wide log">
        <div className="min-w-0">
          <h1>{total.toLocaleString('en')} {total === 1 ? 'event' : 'events'} on the record.</h1>
          <p className="lede">Nothing here can be changed or removed; what follows from each event hangs on it.</p>
          <nav className="log-streams" aria-label="Streams">
            <Link href="/log" prefetch={false} className="chip" aria-current={stream === undefined ? 'true' : undefined}>All streams</Link>
            {streams.map((one) => <Link key={one.id} href={`/log?stream=${encodeURIComponent(one.id)}`} prefetch={false} className="chip" aria-current={one.id === stream ? 'true' : undefined}><VisibleText text={one.label} /> <span className="quiet-text">{one.events.toLocaleString('en')}</span></Link>)}
          </nav>
          {events.length === 0 ? <Empty title="Nothing is on the record yet." facts="The first event is written before the first answer." /> : <EventTable events={events} />}
          {olderHref && <p className="mt-3"><Link className="link reach" href={olderHref} prefetch={false}>Older events</Link></p>}
        </div>
        <aside className="log-aside">
          <section><h2>Does it hold?</h2>{verify}</section>
          <section>
            <h2>Checkpoints</h2>
            <p className="text-13 text-text-2 mt-1">{checkpoints[0] ? <>Signed every minute and on every stop; the last <Ago at={checkpoints[0].at} /> ago.</> : 'None yet. The first is signed within a minute.'}</p>
            <ol className="checkpoints">{checkpoints.map((one) => (
              <li key={one.index}><span className="index">{one.index}</span><div><span title={sayDay(one.at)}>{sayClock(one.at)}</span>, {one.treeSize.toLocaleString('en')} streams{one.anchored.length > 0 && <span className="quiet-text">, anchored in {one.anchored.join(', ')}</span>}<Digest hex={one.root} label="root" /></div></li>
            ))}</ol>
          </section>
        </aside>
      </div>
    </div>
  );
}
