'use client';

import { KeyRound } from 'lucide-react';
import { Button, ButtonLink } from '@/components/ui/button';
import type { StepUpState } from './use-step-up';

type Props = {
  state: StepUpState;
  onAgain: () => void;
  onLeave?: () => void;
} & ({
  /** What is being signed, as the end of a sentence: "this approval". */
  signing: string;
} | {
  /** Another sentence for what the key is asked. */
  doing: string;
});

/** What stands between the press and the signature. Nothing while nothing is asked. */
export function StepUp({ state, onAgain, onLeave, ...what }: Props) {
  if (state.kind === 'idle') return null;
  if (state.kind === 'asking' || state.kind === 'waiting') {
    return (
      <div className="step-up" data-waiting role="status">
        <KeyRound size={16} aria-hidden="true" />
        <p><b>{'doing' in what ? what.doing : `Your key is asked to sign ${what.signing}.`}</b> Touch it, or follow what the browser shows. It holds for a minute.</p>
        {state.kind === 'waiting' && onLeave && <Button onClick={onLeave}>Leave</Button>}
      </div>
    );
  }
  const { title, second, again } = words(state);
  return (
    <div className="step-up" role="alert">
      <KeyRound size={16} aria-hidden="true" />
      <p><b>{title}</b> {second}</p>
      {state.kind === 'no_passkey' && <ButtonLink href="/settings#passkeys">Register a passkey</ButtonLink>}
      {again && <Button onClick={onAgain}>Ask the key again</Button>}
    </div>
  );
}

/** Each ends the same way: nothing was done, and this is what would help. */
function words(state: Exclude<StepUpState, { kind: 'idle' | 'asking' | 'waiting' }>): { title: string; second: string; again: boolean } {
  switch (state.kind) {
    case 'cancelled': return { title: 'The key was not used.', second: 'Nothing was signed and nothing was done.', again: true };
    case 'timed_out': return { title: 'The minute went by.', second: 'Nothing was signed. Read it once more, then sign.', again: true };
    case 'no_passkey': return { title: 'This takes a passkey, and you have none here.', second: 'Nothing was done. A passkey is registered once, in your settings.', again: false };
    case 'unsupported': return { title: 'This browser knows no passkeys.', second: 'Nothing was done. Open this page in another browser, or on your phone.', again: false };
    case 'wrong_place': return { title: 'Passkeys do not work at this address.', second: 'They are bound to the name of this server. Open it by that name, which the sign-in page shows.', again: false };
    case 'no_verification': return { title: 'This key does not check that it is you.', second: 'Set a PIN on it, or use one with a fingerprint or a face.', again: true };
    case 'known_already': return { title: 'This key is registered already.', second: 'Nothing was changed.', again: false };
    case 'refused': return { title: 'It was not asked.', second: state.because, again: true };
    case 'failed': return { title: 'The key gave no signature.', second: 'Nothing was done. Plug it in anew, or use another one.', again: true };
  }
}
