'use client';

import { useCallback, useEffect, useState } from 'react';
import type { BulkActs, BulkProgress, BulkWord } from './view';

const LOOK_MS = 400;
export type Bulk = ReturnType<typeof useBulk>;

/** A word on many, and how far it has come. The server works it off whether or not this page is open. */
export function useBulk(acts: BulkActs, running: BulkProgress | undefined, onMoved: () => void) {
  const [progress, setProgress] = useState<BulkProgress | null>(running ?? null);
  const [refused, setRefused] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const goes = progress?.state === 'running' ? progress.id : null;
  useEffect(() => {
    if (!goes) return;
    let over = false;
    const timer = setTimeout(() => {
      // Whatever is answered, it is a new value, and so looked at again: a database that is away for a moment ends no watching.
      const again = (next?: BulkProgress) => { if (!over) setProgress((before) => (next ? { ...next } : before && { ...before })); };
      void acts.look(goes).then((told) => { again(told.ok ? told.value : undefined); if (told.ok) onMoved(); }, () => again());
    }, LOOK_MS);
    return () => { over = true; clearTimeout(timer); };
  }, [acts, goes, onMoved, progress]);
  const told = useCallback((answer: { ok: true; value: BulkProgress | undefined } | { ok: false; error: { message: string } }) => {
    setSending(false);
    setRefused(answer.ok ? null : answer.error.message);
    if (answer.ok) setProgress(answer.value ?? null);
    return answer.ok;
  }, []);
  const begin = useCallback(async (word: BulkWord) => {
    setSending(true);
    setRefused(null);
    return told(await acts.begin(word).catch(() => ({ ok: false as const, error: { message: 'The server did not answer. Nothing is known to be decided; look before you press again.' } })));
  }, [acts, told]);
  const unanswered = () => setRefused('The server did not answer. Try again.');
  return {
    progress, refused, sending, begin,
    goOn: () => { if (progress) void acts.goOn(progress.id).then(told, unanswered); },
    leave: () => { if (progress) void acts.leave(progress.id).then(told, unanswered); },
    close: () => { setProgress(null); setRefused(null); },
  };
}
