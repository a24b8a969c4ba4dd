'use client';

import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { usePathname } from 'next/navigation';
import { allRooms } from './rooms';

const Context = createContext<(line: string | null) => void>(() => undefined);
const Line = createContext<string | null>(null);

export function BackLineProvider({ children }: { children: ReactNode }) {
  const [line, setLine] = useState<string | null>(null);
  return <Context value={setLine}><Line value={line}>{children}</Line></Context>;
}

/** On a phone the bar of a page below a list shows the way back and where one is, such as "1 of 5". */
export function BackLine({ line }: { line: string }) {
  const set = useContext(Context);
  useEffect(() => {
    set(line);
    return () => set(null);
  }, [line, set]);
  return null;
}

export function useBackLine(): { href: string; to: string; line: string } | null {
  const line = useContext(Line);
  const [, room, ...rest] = usePathname().split('/');
  if (room === 'drills') return rest.length > 0 ? { href: '/drills', to: 'Drills', line: line ?? 'Drill' } : { href: '/switches', to: 'Stop', line: line ?? 'Drills' };
  if (room === 'flow') return { href: '/approvals', to: 'Approvals', line: line ?? 'Flow' };
  const fromNow = room === 'switches' || room === 'pending' || room === 'handover';
  const to = allRooms.find(({ name }) => name === (fromNow ? 'now' : room))?.label;
  if (!to || (rest.length === 0 && !fromNow)) return null;
  return { href: fromNow ? '/' : `/${room}`, to, line: line ?? to };
}
