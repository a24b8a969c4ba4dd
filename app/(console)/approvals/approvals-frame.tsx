'use client';

import dynamic from 'next/dynamic';
import { useParams, usePathname, useSearchParams } from 'next/navigation';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { readAsk, type QueueShow } from '@/components/approvals/queue-address';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import type { Flooded } from '@/components/approvals/queue-head';
import type { BulkActs, BulkProgress, QueueStretch, ViewActs } from '@/components/approvals/view';

// A phone that opens a card never shows the list beside it, so it doesn't load the list's program either.
const ApprovalQueue = dynamic(() => import('@/components/approvals/approval-queue').then((module) => module.ApprovalQueue));

type Props = { first: QueueStretch; may: { deny: boolean; approve: boolean }; bulk: BulkActs; running: BulkProgress | undefined; views: ViewActs; pace: string | undefined; flooded: readonly Flooded[]; empty: Record<QueueShow, ReactNode>; children: ReactNode };

/** The queue beside whatever card is open. It stands while cards change, so that the focus stays where a person is in it. */
export function ApprovalsFrame({ first, may, bulk, running, views, pace, flooded, empty, children }: Props) {
  const { id } = useParams<{ id?: string }>();
  const path = usePathname();
  const card = id !== undefined || path.endsWith('/history');
  const ask = readAsk(useSearchParams());
  const wide = useSyncExternalStore(watchWidth, () => window.matchMedia(WIDE).matches, () => false);
  const [stood, setStood] = useState(!card);
  const stands = stood || wide || !card;
  // Once it stands it stays, with its place and what is chosen in it.
  if (stands && !stood) setStood(true);
  return (
    <ApprovalsScreen
      view={card ? 'card' : 'list'} card={children}
      queue={stands ? <ApprovalQueue first={first} ask={ask} selectedId={id} may={may} bulk={bulk} running={running} views={views} empty={empty[ask.show]} pace={pace} flooded={flooded} /> : <div className="queue" />}
    />
  );
}

const WIDE = '(min-width: 720px)';
function watchWidth(onChange: () => void) {
  const query = window.matchMedia(WIDE);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
