'use client';

import { useState } from 'react';
import { KeyRound } from 'lucide-react';
import { Button } from '@/components/ui/button';
import type { PasskeyAnswer, StepUpChallenge } from '@/lib/access/schema';
import { askKey, type KeyTrouble } from './ask-key';
import type { SignInOutcome } from './sign-in-form';

type State = 'idle' | 'waiting' | 'opening' | 'refused' | 'unavailable' | KeyTrouble;
type Props = { begin: () => Promise<StepUpChallenge | null>; enter: (answer: PasskeyAnswer) => Promise<SignInOutcome> };

const sentences: Partial<Record<State, string>> = {
  refused: 'That passkey does not open an account here now. Sign in another way, or ask an administrator.',
  unavailable: 'Signing in does not work at the moment. Nothing is wrong with your passkey; try again shortly.',
  cancelled: 'The key was not used. If you have no passkey here, sign in another way and register one in your settings.',
  timed_out: 'The minute went by without an answer of the key.',
  unsupported: 'This browser knows no passkeys. Sign in another way.',
  wrong_place: 'Passkeys do not work at this address: they are bound to the name of this server, which stands above.',
  no_verification: 'This key does not check that it is you. Set a PIN on it, or use one with a fingerprint or a face.',
  failed: 'The key gave no answer. Plug it in anew, or use another one.',
};

/** Asks the key who is there; nobody types a name. */
export function PasskeySignIn({ begin, enter }: Props) {
  const [state, setState] = useState<State>('idle');
  const press = async () => {
    setState('waiting');
    const challenge = await begin().catch(() => null);
    if (!challenge) return setState('unavailable');
    const answer = await askKey(challenge.options);
    if (!answer.ok) return setState(answer.trouble);
    setState('opening');
    const outcome = await enter({ challengeId: challenge.challengeId, response: answer.response as PasskeyAnswer['response'] }).catch((): SignInOutcome => 'unavailable');
    if (outcome !== 'opened') setState(outcome === 'refused' ? 'refused' : 'unavailable');
  };
  const said = sentences[state];
  const busy = state === 'waiting' || state === 'opening';
  return (
    <div className="door-form">
      {said && <p className="door-says" role="alert">{said}</p>}
      <Button size="tall" onClick={() => void press()} disabled={busy}><KeyRound size={14} aria-hidden="true" />{state === 'waiting' ? 'Waiting for your key' : state === 'opening' ? 'Signing in' : 'Sign in with a passkey'}</Button>
    </div>
  );
}
