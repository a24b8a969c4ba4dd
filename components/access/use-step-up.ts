'use client';

import { useCallback, useState } from 'react';
import type { StepUpAnswer, StepUpChallenge } from '@/lib/access/schema';
import { askKey, leaveKey, type KeyTrouble } from './ask-key';

/** What the page gives to ask with: a server action that begins a step-up over exactly what is on the screen. */
export type BeginStepUp = () => Promise<{ ok: true; value: StepUpChallenge } | { ok: false; error: { message: string; data?: Record<string, unknown> } }>;

export type StepUpState =
  | { kind: 'idle' }
  /** The server is asked for a challenge, the key for a signature. */
  | { kind: 'asking' } | { kind: 'waiting' }
  | { kind: 'no_passkey' } | { kind: 'refused'; because: string }
  | { kind: KeyTrouble };

/** Signing with a passkey, from the ask to the answer. `sign` gives what the server is to verify, or null when there is none; `state` says why. */
export function useStepUp(begin: BeginStepUp) {
  const [state, setState] = useState<StepUpState>({ kind: 'idle' });

  const sign = useCallback(async (): Promise<StepUpAnswer | null> => {
    setState({ kind: 'asking' });
    const begun = await begin().catch(() => null);
    if (!begun?.ok) {
      setState(begun?.error.data?.why === 'no_passkey' ? { kind: 'no_passkey' } : { kind: 'refused', because: begun?.error.message ?? 'The server did not answer.' });
      return null;
    }
    setState({ kind: 'waiting' });
    const answer = await askKey(begun.value.options);
    setState(answer.ok ? { kind: 'idle' } : { kind: answer.trouble });
    return answer.ok ? { kind: 'passkey', challengeId: begun.value.challengeId, response: answer.response } : null;
  }, [begin]);

  const leave = useCallback(() => void leaveKey(), []);
  const reset = useCallback(() => setState({ kind: 'idle' }), []);
  return { state, sign, leave, reset, busy: state.kind === 'asking' || state.kind === 'waiting' };
}
