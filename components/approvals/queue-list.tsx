'use client';

import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { forwardRef, Fragment, useCallback, useEffect, useImperativeHandle, useMemo, useRef, type ReactNode } from 'react';
import { Skeleton } from '@/components/ui/states';
import { Space } from '@/components/ui/space';
import { addressOf, isNarrowed, type QueueAsk } from './queue-address';
import { QueueGroup } from './queue-group';
import { QueueItem } from './queue-item';
import { linesOf } from './queue-lines';
import type { ApprovalRow, QueueGroupRow } from './view';

type Props = {
  ask: QueueAsk; rows: readonly ApprovalRow[]; groups: readonly QueueGroupRow[] | null; alike: readonly QueueGroupRow[] | null; selectedId: string | undefined; chosen: ReadonlyMap<string, ApprovalRow> | null; whole: boolean; reading: boolean; total: number;
  onChoose: (id: string, range: boolean) => void; onOpenGroup: (key: string) => void; onMore: () => void; onVisible: (from: number, ids: readonly string[]) => void; empty: ReactNode;
};
export type QueueListHandle = { /** The ids of the row that had the focus and of the one that gets it. */ step: (by: 1 | -1) => (string | undefined)[]; focused: () => string | undefined; toTop: () => void };

/** The rows, of which only those in view are drawn, so that five thousand scroll as well as five. */
export const QueueList = forwardRef<QueueListHandle, Props>(function QueueList({ ask, rows, groups, alike, selectedId, chosen, whole, reading, total, onChoose, onOpenGroup, onMore, onVisible, empty }, handle) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(rows, groups, ask.show), [rows, groups, ask.show]);
  const counts = useMemo(() => new Map(alike?.map((group) => [group.key, group.count])), [alike]);
  const at = useRef<string>(undefined);
  const range = useCallback((seen: Range) => {
    // What has the focus stays drawn, so that a person who scrolls away and presses a key is still where they were.
    const held = at.current === undefined ? -1 : lines.findIndex((line) => line.key === at.current);
    const drawn = defaultRangeExtractor(seen);
    return held === -1 || drawn.includes(held) ? drawn : [...drawn, held].sort((a, b) => a - b);
  }, [lines]);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: (index) => (lines[index]!.kind === 'part' ? 34 : 65), overscan: 8, getItemKey: (index) => lines[index]!.key, rangeExtractor: range, initialRect: { width: 344, height: 700 } });
  const items = virtual.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1];

  useEffect(() => {
    onVisible(from, lines.slice(from, to + 1).flatMap((line) => (line.kind === 'row' ? [line.row.id] : [])));
    if (!whole && !groups && to >= lines.length - 20) onMore();
  }, [from, to, lines, whole, groups, onMore, onVisible]);

  const focusOn = (key: string, tries = 12) => {
    const found = scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(key)}"]`);
    if (found) found.focus({ preventScroll: tries === 12 });
    else if (tries > 0) requestAnimationFrame(() => focusOn(key, tries - 1));
  };
  const focused = () => (scroller.current?.contains(document.activeElement) ? (document.activeElement as HTMLElement).closest<HTMLElement>('.queue-line, .queue-group')?.querySelector<HTMLElement>('[data-id]')?.dataset.id ?? (document.activeElement as HTMLElement).dataset.id : undefined);
  useImperativeHandle(handle, () => ({
    focused,
    toTop: () => { if (scroller.current) scroller.current.scrollTop = 0; },
    step: (by) => {
      const keys = lines.flatMap((line) => (line.kind === 'part' ? [] : [line.key]));
      const before = focused() ?? selectedId;
      const index = before === undefined ? -1 : keys.indexOf(before);
      const key = keys[Math.min(keys.length - 1, Math.max(0, index + by))];
      if (key === undefined) return [];
      at.current = key;
      virtual.scrollToIndex(lines.findIndex((line) => line.key === key), { align: 'auto' });
      focusOn(key);
      return [focused() === undefined ? key : before, key];
    },
  }));

  if (lines.length === 0) return <div className="queue-rows">{reading ? <div className="p-4"><Skeleton rows={5} /></div> : <div className="p-4">{isNarrowed(ask) ? <p className="text-13 text-text-2">Nothing that waits fits this. {total > 0 ? '' : 'Take a filter away to see more.'}</p> : empty}</div>}</div>;
  let drawn = 0;
  return (
    <div className="queue-rows" ref={scroller} role="list" aria-label={groups ? 'Requests by kind' : 'Requests'} tabIndex={-1} onFocus={(event) => { at.current = (event.target as HTMLElement).dataset.id ?? at.current; }} onBlur={() => { at.current = undefined; }}>
      {items.map((item) => {
        const line = lines[item.index]!;
        // Between rows that are drawn only for their focus and the others there is room for those that are not.
        const gap = item.start - drawn;
        drawn = item.end;
        return (
          <Fragment key={item.key}>
          {gap > 0 && <Space height={gap} />}
          <div role="listitem" aria-setsize={groups ? lines.length : Math.max(total, lines.length)} aria-posinset={item.index + 1} data-index={item.index} ref={virtual.measureElement}>
            {line.kind === 'part' ? <h2 className="queue-part">Waiting on others</h2>
              : line.kind === 'group' ? <QueueGroup group={line.group} onOpen={onOpenGroup} />
                : <QueueItem row={line.row} href={addressOf(line.row.id, ask)} selected={line.row.id === selectedId} alike={counts.get(line.row.group ?? '') ?? 0} chosen={chosen ? chosen.has(line.row.id) : undefined} onChoose={onChoose} />}
          </div>
          </Fragment>
        );
      })}
      <Space height={virtual.getTotalSize() - drawn} />
    </div>
  );
});
