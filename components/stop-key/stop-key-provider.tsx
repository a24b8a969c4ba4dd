'use client';

import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { browserName } from '@/components/ui/browser-name';
import { liveKey, watchKept, type KeptKey } from './kept-key';
import { canHoldKey, makeSureOfKey } from './make-key';
import type { KeyHolder } from './view';

/** Where control answers browsers; null where nobody has said. */
const ControlUrl = createContext<string | null>(null);
export const useControlUrl = () => useContext(ControlUrl);

/** Says where control is, and sees to this browser's key where somebody may hold one. Draws nothing. */
export function StopKeyProvider({ controlUrl, holder, children }: { controlUrl: string; holder: KeyHolder | null; children: ReactNode }) {
  const { personId, signInId, wide, register, isLive } = holder ?? {};
  useEffect(() => {
    if (!canHoldKey() || personId === undefined || signInId === undefined || wide === undefined || !register || !isLive) return;
    // A sign-in that ends meanwhile, or a browser that keeps nothing: the press of STOP does not depend on it.
    makeSureOfKey({ personId, signInId, wide, register, isLive }, browserName(navigator.userAgent)).catch(() => undefined);
  }, [personId, signInId, wide, register, isLive]);
  return <ControlUrl value={controlUrl}>{children}</ControlUrl>;
}

/** This browser's live key; null while none is known of. */
export function useLiveKey(): KeptKey | null {
  const [key, setKey] = useState<KeptKey | null>(null);
  useEffect(() => {
    let gone = false;
    const read = () => void liveKey().then((found) => { if (!gone) setKey(found); });
    read();
    const stop = watchKept(read);
    return () => { gone = true; stop(); };
  }, []);
  return key;
}

/** Whether control answers, asked every two seconds while `asking`: what cannot stop must not look as if it could. */
export function useControlAnswers(asking: boolean): boolean {
  const controlUrl = useControlUrl();
  const [answers, setAnswers] = useState(false);
  useEffect(() => {
    if (!asking || controlUrl === null) return;
    let gone = false;
    // The answer cannot be read across origins, nor need it be: that there is one is enough.
    const ask = () => void fetch(`${controlUrl}/v1/health`, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(2_000) }).then(() => true, () => false).then((does) => { if (!gone) setAnswers(does); });
    ask();
    const timer = setInterval(ask, 2_000);
    return () => { gone = true; clearInterval(timer); };
  }, [asking, controlUrl]);
  return asking && answers;
}
