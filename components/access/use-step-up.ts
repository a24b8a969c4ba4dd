'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { CHALLENGE_SECONDS } from '@/lib/access/rules';
import type { OfferedStepUp, StepUpAnswer } from '@/lib/access/schema';
import { askKey, leaveKey, type KeyTrouble } from './ask-key';

/** What the page gives to ask with: a server action that begins a step-up over exactly what is on the screen. */
export type BeginStepUp = () => Promise<{ ok: true; value: OfferedStepUp } | { ok: false; error: { message: string; data?: Record<string, unknown> } }>;

/** `code`: a one-time password may be given instead. */
export type StepUpState = { code?: boolean } & (
  | { kind: 'idle' }
  /** The server is asked for a challenge, the key for a signature, the person for a code. */
  | { kind: 'asking' } | { kind: 'waiting' } | { kind: 'typing' }
  | { kind: 'no_passkey' } | { kind: 'refused'; because: string }
  | { kind: KeyTrouble }
);

type Typed = { code: string } | 'left' | 'late';

/**
 * Signing with a passkey, or with a one-time password where the server takes one, from the ask to the answer. `sign` gives what the
 * server is to verify, or null when there is none; `state` says why.
 */
export function useStepUp(begin: BeginStepUp) {
  const [state, setState] = useState<StepUpState>({ kind: 'idle' });
  /** Set when the person wants to type a code rather than use a key. */
  const wantsCode = useRef(false);
  const typed = useRef<((answer: Typed) => void) | null>(null);
  useEffect(() => () => typed.current?.('left'), []);

  const sign = useCallback(async (): Promise<StepUpAnswer | null> => {
    setState({ kind: 'asking' });
    const begun = await begin().catch(() => null);
    const straight = wantsCode.current;
    wantsCode.current = false;
    if (!begun?.ok) {
      setState(begun?.error.data?.why === 'no_passkey' ? { kind: 'no_passkey' } : { kind: 'refused', because: begun?.error.message ?? 'The server did not answer.' });
      return null;
    }
    const { challengeId, options, code = false } = begun.value;
    const until = performance.now() + CHALLENGE_SECONDS * 1_000;
    if (options && !(straight && code)) {
      setState({ kind: 'waiting', code });
      const answer = await askKey(options);
      if (answer.ok) {
        wantsCode.current = false;
        setState({ kind: 'idle' });
        return { kind: 'passkey', challengeId, response: answer.response };
      }
      if (!wantsCode.current) {
        setState({ kind: answer.trouble, code });
        return null;
      }
      wantsCode.current = false;
    }
    setState({ kind: 'typing', code });
    const given = await new Promise<Typed>((resolve) => {
      const late = setTimeout(() => resolve('late'), until - performance.now());
      typed.current = (answer) => { clearTimeout(late); resolve(answer); };
    });
    typed.current = null;
    setState(given === 'late' ? { kind: 'timed_out', code } : given === 'left' ? { kind: 'cancelled', code } : { kind: 'idle' });
    return typeof given === 'object' ? { kind: 'totp', challengeId, code: given.code } : null;
  }, [begin]);

  const leave = useCallback(() => (typed.current ? typed.current('left') : void leaveKey()), []);
  /** Turns from the key that is being asked to a code; where none is asked, the next `sign` asks for a code at once. */
  const turnToCode = useCallback(() => { wantsCode.current = true; void leaveKey(); }, []);
  const giveCode = useCallback((code: string) => typed.current?.({ code }), []);
  const reset = useCallback(() => { typed.current?.('left'); setState({ kind: 'idle' }); }, []);
  return { state, sign, leave, turnToCode, giveCode, reset, busy: state.kind === 'asking' || state.kind === 'waiting' || state.kind === 'typing' };
}
