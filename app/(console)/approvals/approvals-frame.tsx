'use client';

import { useParams, useSearchParams } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { ApprovalQueue, type QueueCounts, type QueueFilter } from '@/components/approvals/approval-queue';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import type { ApprovalRow } from '@/components/approvals/view';
import { readFilter } from './queue-filter';

type Props = { waiting: readonly ApprovalRow[]; decided: readonly ApprovalRow[]; counts: QueueCounts; empty: Record<QueueFilter, ReactNode>; children: ReactNode };

/** The queue beside whatever card is open. It stands while cards change, so that the focus stays where a person is in it. */
export function ApprovalsFrame({ waiting, decided, counts, empty, children }: Props) {
  const { id } = useParams<{ id?: string }>();
  const show = useSearchParams().get('show');
  const [kept, setKept] = useState(() => readFilter(show));
  // A card has its own address without the list's: the list that it was opened from stays.
  const filter = show !== null || id === undefined ? readFilter(show) : kept;
  if (filter !== kept) setKept(filter);
  const rows = filter === 'decided' ? decided : filter === 'others' ? waiting.filter((row) => !row.yours) : waiting;
  return (
    <ApprovalsScreen
      view={id === undefined ? 'list' : 'card'} card={children}
      queue={<ApprovalQueue key={filter} rows={rows} left={decided} counts={counts} filter={filter} selectedId={id} empty={empty[filter]} />}
    />
  );
}
