'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useShortcuts } from '@/components/live/shortcuts';
import type { Reveal } from '@/components/payloads/reveal-secrets';
import { ArrowDown } from '@/components/ui/glyphs';
import { Space } from '@/components/ui/space';
import { LaneHead } from './lane-head';
import { PeekPanel } from './peek-panel';
import { TimelineRowView } from './timeline-row';
import { timelineRows, type TimelineRow } from './timeline-rows';
import { TimelineTools, type TimelineFilter } from './timeline-tools';
import { stillUnloaded } from './unloaded';
import { useFollow } from './use-follow';
import type { LoadEvents, LoadPeek, SessionEventView, SessionView, Unloaded } from './view';

type Props = {
  session: SessionView;
  events: readonly SessionEventView[];
  /** Stretches that stayed on the server; they are read when asked for. */
  unloaded?: readonly Unloaded[];
  loadEvents?: LoadEvents;
  loadPeek: LoadPeek;
  /** Where the person may see hidden secrets. */
  reveal?: Reveal | undefined;
  selectedSeq?: number | undefined;
};

/** The session as one list: windowed rows, so that a hundred thousand events scroll as well as ten. */
export function Timeline({ session, events: given, unloaded: notSent = [], loadEvents, loadPeek, reveal: revealSecrets, selectedSeq }: Props) {
  const [filter, setFilter] = useState<TimelineFilter>({ mode: 'timeline', query: '' });
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(() => new Set());
  const [fetched, setFetched] = useState<{ events: SessionEventView[]; ranges: Unloaded[] }>({ events: [], ranges: [] });
  const [loading, setLoading] = useState(false);
  const [selected, setSelected] = useState(selectedSeq);
  const scroller = useRef<HTMLDivElement>(null);

  const events = useMemo(() => merge(given, fetched.events), [given, fetched.events]);
  const unloaded = useMemo(() => stillUnloaded(notSent, fetched.ranges), [notSent, fetched.ranges]);
  const rows = useMemo(() => unfold(timelineRows(events, Math.max(2, session.lanes.length), filter.mode, unloaded), unfolded), [events, session.lanes.length, filter.mode, unloaded, unfolded]);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing it returns is handed to a memoised child
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => scroller.current, estimateSize: (index) => (rows[index]!.kind === 'idle' ? 20 : 32), overscan: 12,
    getItemKey: (index) => rows[index]!.key, initialRect: { width: 800, height: 900 },
  });
  const items = virtual.getVirtualItems();
  const follow = useFollow({ scroller, count: events.length, live: session.state === 'open', startAtEnd: selectedSeq === undefined, toEnd: () => virtual.scrollToIndex(rows.length - 1, { align: 'end' }) });

  const select = useCallback((seq: number | undefined) => {
    setSelected(seq);
    const url = new URL(window.location.href);
    if (seq === undefined) url.searchParams.delete('at');
    else url.searchParams.set('at', String(seq));
    window.history.replaceState(null, '', url);
  }, []);
  const reveal = useCallback((seq: number) => {
    follow.pause();
    select(seq);
    const index = rows.findIndex((row) => holds(row, seq));
    if (index !== -1) virtual.scrollToIndex(index, { align: 'center' });
  }, [follow, rows, select, virtual]);
  const step = (direction: 1 | -1, wanted: (event: SessionEventView) => boolean = () => true) => {
    const list = rows.flatMap((row) => (row.kind === 'event' && wanted(row.event) ? [row.event.seq] : []));
    const next = direction === 1 ? list.find((seq) => seq > (selected ?? 0)) : list.findLast((seq) => seq < (selected ?? Infinity));
    if (next !== undefined) reveal(next);
  };
  useShortcuts({
    j: () => step(1), k: () => step(-1), ']': () => step(1, remarkable), '[': () => step(-1, remarkable), Escape: () => select(undefined),
    '/': (event) => {
      event.preventDefault();
      document.getElementById('timeline-search')?.focus();
    },
  });
  useEffect(() => {
    if (selectedSeq !== undefined) reveal(selectedSeq);
    // Only the address the page was opened with moves the list by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selectedSeq]);

  const onLoad = useCallback((range: Unloaded) => {
    if (!loadEvents) return;
    setLoading(true);
    const asked = { from: range.from, to: Math.min(range.to, range.from + 999) };
    void loadEvents(asked)
      .then((more) => setFetched((before) => ({ events: merge(before.events, more), ranges: [...before.ranges, asked] })), () => undefined)
      .finally(() => setLoading(false));
  }, [loadEvents]);
  const onUnfold = useCallback((key: string) => setUnfolded((before) => new Set(before).add(key)), []);
  return (
    <>
      <TimelineTools filter={filter} onFilter={setFilter} events={events} selected={selected} onReveal={reveal} wentWrongAt={session.wentWrongAt} />
      <div className="timeline" data-peek={selected !== undefined || undefined}>
        <div className="timeline-list">
          <LaneHead lanes={session.lanes} />
          <div ref={scroller} className="timeline-scroll" onScroll={follow.onScroll} tabIndex={0} role="group" aria-label={`${events.length.toLocaleString('en')} events`}>
            <Space height={items[0]?.start ?? 0} />
            {items.map((item) => (
              <div key={item.key} data-index={item.index} ref={virtual.measureElement}>
                <TimelineRowView row={rows[item.index]!} selected={holds(rows[item.index]!, selected)} onSelect={select} onUnfold={onUnfold} onLoad={onLoad} loading={loading && rows[item.index]!.kind === 'unloaded'} chainTo={session.chain.kind === 'broken' ? session.chain.at - 1 : session.chain.to} />
              </div>
            ))}
            <Space height={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
          </div>
          {follow.waiting > 0 && <button type="button" className="follow-pill" onClick={follow.resume}><ArrowDown />{follow.waiting.toLocaleString('en')} new below · follow live</button>}
        </div>
        {selected !== undefined && <PeekPanel key={selected} seq={selected} session={session} load={loadPeek} reveal={revealSecrets} onClose={() => select(undefined)} />}
      </div>
    </>
  );
}

const remarkable = (event: SessionEventView) => Boolean(event.taint === 'source' || (event.verdict && event.verdict !== 'allow'));

const holds = (row: TimelineRow, seq: number | undefined) => seq !== undefined && ((row.kind === 'event' && row.event.seq === seq) || (row.kind === 'folded' && row.events.some((event) => event.seq === seq)));

function unfold(rows: TimelineRow[], keys: ReadonlySet<string>): TimelineRow[] {
  if (keys.size === 0) return rows;
  return rows.flatMap((row): TimelineRow[] => (row.kind === 'folded' && keys.has(row.key) ? row.events.map((event) => ({ kind: 'event', key: `e${event.seq}`, event, lines: row.lines })) : [row]));
}

function merge(a: readonly SessionEventView[], b: readonly SessionEventView[]): SessionEventView[] {
  if (b.length === 0) return [...a];
  return [...new Map([...a, ...b].map((event) => [event.seq, event])).values()].sort((x, y) => x.seq - y.seq);
}
