'use client';

import { useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { MAX_PASSWORD } from '@/lib/access/rules';

export type SignInOutcome = 'opened' | 'refused' | 'unavailable' | 'second_step' | 'second_step_over' | 'code_used' | 'code_locked' | 'password_too_long';
type Problem = 'refused' | 'unavailable' | 'second_step_over' | 'password_too_long';

const sentences: Record<Problem, string> = {
  refused: 'That e-mail and password do not open an account now. Check both; after several tries in a row wait some minutes. An administrator can make a new link to set a password.',
  second_step_over: 'That took more than five minutes, or the password was changed meanwhile. Sign in again from the start.',
  password_too_long: `A password has at most ${MAX_PASSWORD} characters. This is longer, so nothing was tried; look whether something else was pasted.`,
  unavailable: 'Signing in does not work at the moment. Nothing is wrong with your password; try again shortly.',
};

/** `signIn` tries the two and, when they open, takes the person onwards, or to the second step. */
export function SignInForm({ signIn, notice, before }: { signIn: (email: string, password: string) => Promise<SignInOutcome>; notice?: string | undefined; before?: 'second_step_over' | undefined }) {
  const [outcome, setOutcome] = useState<Problem | undefined>(before);
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setOutcome(undefined);
    const result = await signIn(String(form.get('email')), String(form.get('password'))).catch((): SignInOutcome => 'unavailable');
    if (result === 'opened' || result === 'second_step') return;
    setBusy(false);
    setOutcome(result in sentences ? (result as Problem) : 'unavailable');
    if (password.current) {
      if (result === 'refused' || result === 'password_too_long') password.current.value = '';
      password.current.focus();
    }
  }

  return (
    // A form that the script did not take over must not put a password into the address.
    <form className="door-form" method="post" onSubmit={submit} aria-busy={busy}>
      {outcome !== undefined
        ? <p className="door-says" role="alert">{sentences[outcome]}</p>
        : notice && <p className="door-says" data-good role="status">{notice}</p>}
      <Field label="E-mail" name="email" type="email" autoComplete="username" inputMode="email" autoCapitalize="none" spellCheck={false} required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required ref={password} />
      <Button tone="hand-fill" size="tall" type="submit" disabled={busy}>{busy ? 'Signing in' : 'Sign in'}</Button>
    </form>
  );
}
