'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useAnnounce } from '@/components/live/announcer';
import { useShortcuts } from '@/components/live/shortcuts';
import { sentenceWords } from '@/components/ui/sentence';
import { VisibleText } from '@/components/ui/visible';
import { BulkBar } from './bulk-bar';
import { holdOrder, nextAfter } from './hold-order';
import { addressOf, writeAsk, type QueueAsk } from './queue-address';
import { QueueHead, type Flooded } from './queue-head';
import { QueueList, type QueueListHandle } from './queue-list';
import { useBulk } from './use-bulk';
import { useChosen } from './use-chosen';
import { useQueue } from './use-queue';
import { isOpen, type ApprovalRow, type BulkActs, type BulkProgress, type QueueGroupRow, type QueueStretch, type ViewActs } from './view';

type Props = {
  first: QueueStretch;
  ask: QueueAsk;
  selectedId?: string | undefined;
  may: { deny: boolean; approve: boolean };
  bulk: BulkActs;
  /** A word on many that is still being worked off, from before this page. */
  running?: BulkProgress | undefined;
  views: ViewActs;
  /** "You decided 3 in ten minutes, 41 s each." */
  pace?: string | undefined;
  flooded?: readonly Flooded[] | undefined;
  /** Shown instead of the list when it is empty: proof that it is live. */
  empty?: ReactNode;
};
type Held = { rows: readonly ApprovalRow[]; groups: readonly QueueGroupRow[] | null; since: string };

/** The queue. Its rows hold still while the pointer or the focus is inside; j and k move, Enter opens, x chooses. */
export function ApprovalQueue({ first, ask, selectedId, may, bulk: acts, running, views, pace, flooded = [], empty }: Props) {
  const router = useRouter();
  const section = useRef<HTMLElement>(null);
  const list = useRef<QueueListHandle>(null);
  const query = writeAsk(ask);
  const [inside, setInside] = useState(false);
  const [held, setHeld] = useState<(Held & { query: string }) | null>(null);
  const holding = inside && held?.query === query ? held : null;
  const [visible, setVisible] = useState<readonly string[]>([]);
  const queue = useQueue(ask, first, holding && { since: holding.since, ids: visible });
  const rows = useMemo(() => holdOrder(queue.rows, holding, queue.left, ask), [queue.rows, queue.left, holding, ask.show, ask.sort]); // eslint-disable-line react-hooks/exhaustive-deps -- of the address only its order counts
  const kinds = queue.groups;
  const heldKinds = holding?.groups;
  const groups = useMemo(() => { const now = new Map(kinds?.map((group) => [group.key, group])); return heldKinds && kinds ? heldKinds.map((group) => now.get(group.key) ?? group) : kinds; }, [heldKinds, kinds]);
  // A row that left out of sight says so as soon as it is scrolled to.
  useEffect(() => {
    if (!held) return;
    const known = new Set([...queue.rows, ...queue.left].map((row) => row.id));
    if (visible.some((id) => !known.has(id))) queue.refresh();
  }, [visible]); // eslint-disable-line react-hooks/exhaustive-deps -- asked once for what comes into view, not for each answer
  const chosen = useChosen(rows, query);
  const bulk = useBulk(acts, running, queue.refresh);
  useAnnounceNew(queue.rows, first.at);

  // What stands there as somebody comes in, and for another address what is read for it, is what holds still.
  const stands = useRef(queue);
  useEffect(() => { stands.current = queue; });
  const take = useCallback(() => { const { rows: now, groups: kinds, at, query: of } = stands.current; setHeld({ rows: now, groups: kinds, since: at, query: of }); }, []);
  const ready = queue.query === query && !queue.reading;
  useEffect(() => { if (inside && ready) take(); }, [inside, query, ready, take]);
  const release = () => {
    if (section.current?.matches(':hover') || section.current?.contains(document.activeElement)) return;
    setInside(false);
    setHeld(null);
  };
  // In the same moment: what stood there at an earlier visit must not be drawn between a press and its release.
  const enter = () => {
    if (!inside) take();
    setInside(true);
  };
  const showNew = () => {
    take();
    list.current?.toTop();
    queue.refresh();
  };
  const change = useCallback((next: QueueAsk) => window.history.replaceState(null, '', addressOf(selectedId, next)), [selectedId]);
  const step = (by: 1 | -1, extend = false) => {
    const [from, to] = list.current?.step(by) ?? [];
    if (extend && from && to) chosen.add([from, to]);
  };
  useShortcuts({
    j: () => step(1), k: () => step(-1), 'Shift+J': () => step(1, true), 'Shift+K': () => step(-1, true),
    x: () => { const id = list.current?.focused(); if (id && may.deny) chosen.toggle(id); },
    '/': (event) => { event.preventDefault(); section.current?.querySelector<HTMLInputElement>('input[type="search"]')?.focus(); },
    Escape: () => { if (chosen.count > 0 && !document.querySelector('dialog[open]') && section.current?.contains(document.activeElement)) chosen.clear(); },
  });
  useLeaveFocus(rows, selectedId, (id) => router.push(addressOf(id, ask), { scroll: false }));

  const onVisible = useCallback((from: number, ids: readonly string[]) => { queue.look(from); setVisible((before) => (before.length === ids.length && before.every((id, i) => id === ids[i]) ? before : ids)); }, [queue.look]); // eslint-disable-line react-hooks/exhaustive-deps -- it is one and the same for good
  return (
    <section className="queue" aria-label="Approvals" ref={section} onPointerEnter={enter} onPointerLeave={() => setTimeout(release)} onFocus={enter} onBlur={() => setTimeout(release)}>
      <QueueHead ask={ask} counts={queue.counts} fresh={holding ? queue.counts.fresh : 0} failed={queue.failed} choosing={chosen.choosing} mayChoose={may.deny && ask.show !== 'decided'} views={views} onAsk={change} onNew={showNew} onChoose={chosen.turn} onRetry={queue.refresh} selectedId={selectedId} />
      {flooded.map(({ agentName, orderId }) => <Link key={orderId} href={`/switches/${orderId}`} prefetch={false} className="queue-flood"><VisibleText text={agentName} /> is paused: flood. What it asked still waits.</Link>)}
      <QueueList
        ref={list} ask={ask} rows={rows} groups={ask.grouped && ask.group === undefined ? groups : null} alike={groups} selectedId={selectedId} chosen={chosen.choosing && ask.show !== 'decided' ? chosen.ids : null} whole={queue.whole} reading={queue.reading} total={queue.counts.matching}
        onChoose={chosen.choose} onOpenGroup={(key) => change({ ...ask, group: key })} onMore={queue.readMore} onVisible={onVisible} empty={empty}
      />
      {(chosen.choosing || bulk.progress) && <BulkBar chosen={chosen} ask={ask} total={queue.counts.matching} at={queue.at} may={may} bulk={bulk} />}
      <p className="queue-pace">{pace && <>{pace} </>}<Link href="/flow" prefetch={false} className="link reach">Flow</Link> · <Link href="/handover" prefetch={false} className="link reach">Hand over</Link></p>
    </section>
  );
}

function useAnnounceNew(rows: readonly ApprovalRow[], from: string) {
  const announce = useAnnounce();
  const since = useRef(from);
  useEffect(() => {
    const fresh = rows.filter((row) => row.yours && isOpen(row.state) && row.requestedAt > since.current);
    for (const row of fresh) if (row.requestedAt > since.current) since.current = row.requestedAt;
    if (fresh.length === 1) announce(`New approval: ${sentenceWords(fresh[0]!.title).slice(0, 160)}.`);
    else if (fresh.length > 1) announce(`${fresh.length} new approvals.`);
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
