'use client';

import { useActionState, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';

/** What came of it; a password that was set leads on to signing in. */
export type SetPasswordOutcome = { kind: 'asked' } | { kind: 'wrong'; message: string } | { kind: 'failed'; message: string };

type Props = { email: string; minimum: number; setPassword: (before: SetPasswordOutcome, form: FormData) => Promise<SetPasswordOutcome> };

export function SetPasswordForm({ email, minimum, setPassword }: Props) {
  const [outcome, act, busy] = useActionState(setPassword, { kind: 'asked' });
  const [shown, setShown] = useState(false);
  return (
    <form className="door-form" action={act} aria-busy={busy}>
      {outcome.kind === 'failed' && <p className="door-says" role="alert">{outcome.message}</p>}
      {/* Password managers file the password under this. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field
        label="New password" name="password" type={shown ? 'text' : 'password'} autoComplete="new-password" required minLength={minimum} autoFocus
        hint={`At least ${minimum} characters. Four words in a row will do; nothing else is asked of it.`} wrong={outcome.kind === 'wrong' ? outcome.message : undefined}
      />
      <label className="door-reveal"><input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />Show what I type</label>
      <Button tone="hand-fill" size="tall" type="submit" disabled={busy}>{busy ? 'Setting the password' : 'Set password and sign in'}</Button>
    </form>
  );
}
