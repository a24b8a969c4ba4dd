'use client';

import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';

const Context = createContext<(sentence: string) => void>(() => undefined);
const everyMs = 3_000;

/** The page's one polite live region. Sentences that come faster than a person can listen are joined. */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState('');
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const announce = useCallback((sentence: string) => {
    waiting.current.push(sentence);
    timer.current ??= setTimeout(() => {
      setSaid(waiting.current.slice(-3).join(' '));
      waiting.current = [];
      timer.current = undefined;
    }, everyMs);
  }, []);
  return <Context value={announce}>{children}<div className="live-region" aria-live="polite">{said}</div></Context>;
}

export const useAnnounce = () => useContext(Context);
