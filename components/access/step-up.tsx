'use client';

import type { FormEvent } from 'react';
import { KeyRound } from 'lucide-react';
import { Button, ButtonLink } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import type { StepUpState } from './use-step-up';

type Props = {
  state: StepUpState;
  onAgain: () => void;
  onLeave?: () => void;
  /** Where a one-time password may be enough: turns to it, and takes what was typed. */
  byCode?: { turn: () => void; give: (code: string) => void };
} & ({
  /** What is being signed, as the end of a sentence: "this approval". */
  signing: string;
} | {
  /** Another sentence for what the key is asked. */
  doing: string;
});

/** What stands between the press and the signature. Nothing while nothing is asked. */
export function StepUp({ state, onAgain, onLeave, byCode, ...what }: Props) {
  if (state.kind === 'idle') return null;
  const mayType = state.code === true && byCode !== undefined;
  if (state.kind === 'typing') return <TypeCode signing={'signing' in what ? what.signing : 'this'} give={byCode?.give} onLeave={onLeave} />;
  if (state.kind === 'asking' || state.kind === 'waiting') {
    return (
      <div className="step-up" data-waiting role="status">
        <KeyRound size={16} aria-hidden="true" />
        <div className="step-up-words">
          <p><b>{'doing' in what ? what.doing : `Your key is asked to sign ${what.signing}.`}</b> Touch it, or follow what the browser shows. It holds for a minute.</p>
          {state.kind === 'waiting' && mayType && <Button onClick={byCode.turn}>Type a one-time password instead</Button>}
          {state.kind === 'waiting' && onLeave && <Button onClick={onLeave}>Leave</Button>}
        </div>
      </div>
    );
  }
  const { title, second, again } = words(state);
  return (
    <div className="step-up" role="alert">
      <KeyRound size={16} aria-hidden="true" />
      <div className="step-up-words">
        <p><b>{title}</b> {second}</p>
        {state.kind === 'no_passkey' && <ButtonLink href="/settings#passkeys">Register a passkey</ButtonLink>}
        {mayType && <Button onClick={() => { byCode.turn(); onAgain(); }}>Type a one-time password</Button>}
        {again && <Button onClick={onAgain}>{mayType ? 'Ask again' : 'Ask the key again'}</Button>}
      </div>
    </div>
  );
}

function TypeCode({ signing, give, onLeave }: { signing: string; give: ((code: string) => void) | undefined; onLeave: (() => void) | undefined }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    give?.(String(new FormData(event.currentTarget).get('code') ?? ''));
  };
  return (
    <form className="step-up step-up-code" data-waiting onSubmit={submit} aria-label="One-time password">
      <Field label={`The code that your app shows now signs ${signing}`} name="code" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9\s\-]{6,10}" maxLength={10} required autoFocus hint="Six digits, within a minute. A code is used once." />
      <div className="actions"><Button onClick={onLeave}>Leave</Button><Button type="submit" tone="strong">Sign with this code</Button></div>
    </form>
  );
}

/** Each ends the same way: nothing was done, and this is what would help. */
function words(state: Exclude<StepUpState, { kind: 'idle' | 'asking' | 'waiting' | 'typing' }>): { title: string; second: string; again: boolean } {
  switch (state.kind) {
    case 'cancelled': return state.code ? { title: 'Nothing was signed.', second: 'Nothing was done.', again: true } : { title: 'The key was not used.', second: 'Nothing was signed and nothing was done.', again: true };
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
