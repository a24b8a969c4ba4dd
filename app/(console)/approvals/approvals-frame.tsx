'use client';

import dynamic from 'next/dynamic';
import { useParams, usePathname } from 'next/navigation';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import type { AddressedQueueProps } from './addressed-queue';

// A phone that opens a card never shows the list beside it, so it doesn't load the list's program either.
const AddressedQueue = dynamic(() => import('./addressed-queue').then((module) => module.AddressedQueue));

type Props = Omit<AddressedQueueProps, 'selectedId'> & { children: ReactNode };

/** The queue beside whatever card is open. It stands while cards change, so that the focus stays where a person is in it. */
export function ApprovalsFrame({ children, ...queue }: Props) {
  const { id } = useParams<{ id?: string }>();
  const path = usePathname();
  const card = id !== undefined || path.endsWith('/history');
  const wide = useSyncExternalStore(watchWidth, () => window.matchMedia(WIDE).matches, () => false);
  const [stood, setStood] = useState(!card);
  const stands = stood || wide || !card;
  // Once it stands it stays, with its place and what is chosen in it.
  if (stands && !stood) setStood(true);
  return (
    <ApprovalsScreen
      view={card ? 'card' : 'list'} card={children}
      queue={stands ? <AddressedQueue {...queue} selectedId={id} /> : <div className="queue" />}
    />
  );
}

const WIDE = '(min-width: 720px)';
function watchWidth(onChange: () => void) {
  const query = window.matchMedia(WIDE);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
