'use client';

import { useCallback, useEffect, useRef, useTransition } from 'react';
import { useRouter } from 'next/navigation';
import { useHints } from './live-provider';

/**
 * Reads the page again when one of its topics moved: at once, then at most every so many milliseconds, and never in a hidden tab until it
 * is looked at. `late`: so long after, for what stands around a part that reads itself, so that this part's own reading comes first.
 */
export function LiveRefresh({ topics, everyMs = 400, late = false }: { topics: readonly string[]; everyMs?: number; late?: boolean }) {
  const router = useRouter();
  const [, startTransition] = useTransition();
  const lastAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const missed = useRef(false);
  const refresh = useCallback(() => {
    if (document.hidden) {
      missed.current = true;
      return;
    }
    if (timer.current) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      lastAt.current = Date.now();
      startTransition(() => router.refresh());
    }, late ? everyMs : Math.max(0, lastAt.current + everyMs - Date.now()));
  }, [everyMs, late, router]);
  useHints(topics, refresh);
  useEffect(() => {
    const seen = () => {
      if (document.hidden || !missed.current) return;
      missed.current = false;
      refresh();
    };
    document.addEventListener('visibilitychange', seen);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [refresh]);
  return null;
}
