'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useAnnounce } from '@/components/live/announcer';
import { useShortcuts } from '@/components/live/shortcuts';
import { sentenceWords } from '@/components/ui/sentence';
import { holdOrder, nextAfter } from './hold-order';
import { QueueItem } from './queue-item';
import { isOpen, type ApprovalRow } from './view';

export type QueueFilter = 'yours' | 'others' | 'decided';
export type QueueCounts = Record<QueueFilter, number>;
type Props = {
  rows: readonly ApprovalRow[];
  /** Rows of the other lists: one that a person still sees here, and that has been decided, shows it. */
  left?: readonly ApprovalRow[];
  counts: QueueCounts;
  filter: QueueFilter;
  selectedId?: string | undefined;
  /** "You decided 3 in ten minutes, 41 s each." */
  pace?: string | undefined;
  /** Shown instead of the list when it is empty: proof that it is live. */
  empty?: ReactNode;
};

const names: Record<QueueFilter, string> = { yours: 'Yours', others: 'Others’', decided: 'Decided' };

/** The queue. Its rows hold still while the pointer or the focus is inside; j and k move, Enter opens. */
export function ApprovalQueue({ rows, left, counts, filter, selectedId, pace, empty }: Props) {
  const router = useRouter();
  const list = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<readonly ApprovalRow[] | null>(null);
  const shown = holdOrder(rows, held, left);
  useAnnounceNew(rows);

  const hold = () => setHeld((before) => before ?? rows);
  const release = () => {
    if (list.current?.matches(':hover') || list.current?.contains(document.activeElement)) return;
    setHeld(null);
  };
  const go = (step: 1 | -1) => {
    const ids = shown.rows.map((row) => row.id);
    const focused = list.current?.querySelector<HTMLElement>('a:focus')?.dataset.id ?? selectedId;
    const at = focused ? ids.indexOf(focused) : -1;
    const to = ids[Math.min(ids.length - 1, Math.max(0, at + step))];
    if (to) list.current?.querySelector<HTMLElement>(`a[data-id="${CSS.escape(to)}"]`)?.focus();
  };
  useShortcuts({ j: () => go(1), k: () => go(-1) });
  useLeaveFocus(shown.rows, selectedId, (id) => router.push(`/approvals/${id}`, { scroll: false }));

  const yours = shown.rows.filter((row) => row.yours || !isOpen(row.state));
  const others = shown.rows.filter((row) => !row.yours && isOpen(row.state));
  return (
    <section className="queue" aria-label="Approvals" ref={list} onPointerEnter={hold} onPointerLeave={() => setTimeout(release)} onFocus={hold} onBlur={() => setTimeout(release)}>
      <div className="queue-head">
        <h1 className="working">{headline(filter, counts[filter])}</h1>
        <p className="text-12 text-text-3">Rows hold still while you are here.</p>
        <div className="filters">
          {(Object.keys(names) as QueueFilter[]).map((name) => <Link key={name} href={`/approvals?show=${name}`} prefetch={false} className="chip" aria-current={name === filter ? 'true' : undefined}>{names[name]} {counts[name]}</Link>)}
          {shown.held > 0 && <button type="button" className="chip ml-auto" data-tone="open" onClick={() => setHeld(rows)}>{shown.held} new</button>}
        </div>
      </div>
      <div className="queue-rows">
        {shown.rows.length === 0 && <div className="p-4">{empty}</div>}
        {yours.map((row) => <QueueItem key={row.id} row={row} selected={row.id === selectedId} />)}
        {others.length > 0 && filter !== 'others' && <h2 className="queue-part">Waiting on others</h2>}
        {others.map((row) => <QueueItem key={row.id} row={row} selected={row.id === selectedId} />)}
      </div>
      {pace && <p className="queue-pace">{pace}</p>}
    </section>
  );
}

function headline(filter: QueueFilter, count: number) {
  if (filter === 'decided') return `${count || 'None'} decided`;
  const noun = count === 1 ? 'approval waits' : 'approvals wait';
  if (count === 0) return filter === 'yours' ? 'Nothing waits on you' : 'Nothing waits on others';
  return `${count} ${noun} on ${filter === 'yours' ? 'you' : 'others'}`;
}

function useAnnounceNew(rows: readonly ApprovalRow[]) {
  const announce = useAnnounce();
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (known.current) {
      const fresh = rows.filter((row) => row.yours && isOpen(row.state) && !known.current!.has(row.id));
      if (fresh.length === 1) announce(`New approval: ${sentenceWords(fresh[0]!.title).slice(0, 160)}.`);
      else if (fresh.length > 1) announce(`${fresh.length} new approvals.`);
    }
    known.current = new Set(rows.map((row) => row.id));
  }, [announce, rows]);
}

/** When the chosen row leaves the list, the next one is chosen, so that a person keeps deciding where they were. */
function useLeaveFocus(rows: readonly ApprovalRow[], selectedId: string | undefined, choose: (id: string) => void) {
  const before = useRef<string[]>([]);
  useEffect(() => {
    const ids = rows.map((row) => row.id);
    const lost = selectedId && before.current.includes(selectedId) && !ids.includes(selectedId);
    const next = lost ? nextAfter(before.current.filter((id) => id === selectedId || ids.includes(id)), selectedId) : undefined;
    before.current = ids;
    if (next && document.activeElement?.closest('.queue')) choose(next);
  });
}
