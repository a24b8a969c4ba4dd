import { memo } from 'react';
import { ChevronsDownUp } from 'lucide-react';
import { sayClock, sayFor } from '@/components/ui/say-time';
import { SentenceText } from '@/components/ui/sentence';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { EventKindMark } from './event-icon';
import { Lanes } from './lanes';
import type { TimelineRow } from './timeline-rows';
import type { SessionEventView } from './view';

type Props = { row: TimelineRow; selected: boolean; onSelect: (seq: number) => void; onUnfold: (key: string) => void; onLoad: (row: { from: number; to: number }) => void; loading: boolean; chainTo: number };

/** Drawn again only when its own row changes: while one scrolls, a few rows enter and the others stay as they are. */
export const TimelineRowView = memo(function TimelineRowView({ row, selected, onSelect, onUnfold, onLoad, loading, chainTo }: Props) {
  switch (row.kind) {
    case 'event': return <EventRow row={row} selected={selected} onSelect={onSelect} />;
    case 'folded': return <FoldedRow row={row} onUnfold={onUnfold} />;
    case 'idle':
      return <div className="event idle"><span className="time">{sayFor(row.ms, true)} idle</span><span /><Lanes lines={row.lines} /><span /><span className="sentence">Nothing happened; the gap is compressed.</span><span /></div>;
    case 'gap': {
      const missing = row.to - row.from + 1;
      return <div className="gap"><span><b>{missing === 1 ? `Event ${row.from} is missing.` : `Events ${row.from} to ${row.to} are missing.`}</b> The chain holds up to {Math.min(chainTo, row.from - 1)}.</span></div>;
    }
    case 'unloaded':
      return <div className="unloaded"><button type="button" className="expander" disabled={loading} onClick={() => onLoad(row)}>{loading ? 'Reading…' : `Show ${(row.to - row.from + 1).toLocaleString('en')} more events`}</button></div>;
  }
});

function EventRow({ row, selected, onSelect }: { row: Extract<TimelineRow, { kind: 'event' }>; selected: boolean; onSelect: (seq: number) => void }) {
  const { event } = row;
  return (
    <button type="button" className="event" data-dim={isDim(event) || undefined} data-selected={selected || undefined} data-grows={event.taint || (event.verdict && event.verdict !== 'allow') ? true : undefined} aria-current={selected ? 'true' : undefined} data-seq={event.seq} onClick={() => onSelect(event.seq)}>
      <span className="time">{sayClock(event.at, { millis: true })}</span>
      <span className="step">{event.step}</span>
      <Lanes lines={row.lines} event={event} />
      <EventKindMark kind={event.kind} />
      <span className="sentence"><SentenceText parts={event.sentence} /></span>
      <span className="outcome">{event.verdict && <Verdict name={event.verdict} />}</span>
    </button>
  );
}

function FoldedRow({ row, onUnfold }: { row: Extract<TimelineRow, { kind: 'folded' }>; onUnfold: (key: string) => void }) {
  const first = row.events[0]!;
  const steps = row.events.map((event) => event.step).filter((step) => step !== undefined);
  return (
    <button type="button" className="event" data-dim onClick={() => onUnfold(row.key)} aria-expanded="false">
      <span className="time">{sayClock(first.at, { millis: true })}</span>
      <span className="step">{steps.length > 0 && `${steps[0]}–${steps.at(-1)}`}</span>
      <Lanes lines={row.lines} folded={{ lane: first.lane }} />
      <span className="kind"><ChevronsDownUp size={14} strokeWidth={1.75} aria-hidden="true" />{row.events.length} folded</span>
      <span className="sentence"><VisibleText text={countTools(row.events)} /></span>
      <span className="outcome"><Verdict name="allow" /></span>
    </button>
  );
}

const isDim = (event: SessionEventView) => !event.taint && (event.kind === 'plan' || event.kind === 'model_call' || (event.kind === 'action' && event.verdict === 'allow' && Boolean(event.foldable)));

function countTools(events: readonly SessionEventView[]) {
  const counts = new Map<string, number>();
  // A call that starts and ends has three events; it is counted where it was allowed.
  const calls = events.filter((event) => event.verdict === 'allow');
  for (const event of calls.length > 0 ? calls : events) counts.set(event.tool ?? 'read', (counts.get(event.tool ?? 'read') ?? 0) + 1);
  return [...counts].map(([tool, count]) => `${tool} ×${count}`).join(', ');
}
