'use client';

import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import type { SignInOutcome } from './sign-in-form';

type Problem = Exclude<SignInOutcome, 'opened' | 'second_step' | 'second_step_over' | 'password_too_long'>;

const sentences: Record<'app' | 'recovery', Record<Problem, string>> = {
  app: {
    refused: 'That code is another one. Take the one that the app shows now.',
    code_used: 'That code was used already. Wait for the next one; a new one comes every 30 seconds.',
    code_locked: 'Too many wrong codes in a row. Wait some minutes and try again with a fresh one.',
    unavailable: 'The code cannot be checked at the moment. A recovery code may work; tell an administrator.',
  },
  recovery: {
    refused: 'That recovery code is none of yours, or it was used already. Each works once; take another one.',
    code_used: 'That recovery code was used already. Each works once; take another one.',
    code_locked: 'Too many wrong codes in a row. Wait some minutes and try again.',
    unavailable: 'Signing in does not work at the moment. Nothing is wrong with your code; try again shortly.',
  },
};

/** The second step, after a right password. `over` leads back to the first one. */
export function SecondStepForm({ finish, over }: { finish: (code: string) => Promise<SignInOutcome>; over: (why: 'left' | 'second_step_over') => void }) {
  const [by, setBy] = useState<'app' | 'recovery'>('app');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // Focus follows the step: a screen reader hears what is asked now.
  useEffect(() => field.current?.focus(), [by]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code'));
    setBusy(true);
    setProblem(undefined);
    const outcome = await finish(code).catch((): SignInOutcome => 'unavailable');
    if (outcome === 'opened') return;
    if (outcome === 'second_step_over') return over(outcome);
    setBusy(false);
    setProblem(outcome in sentences.app ? (outcome as Problem) : 'unavailable');
    if (field.current) {
      field.current.value = '';
      field.current.focus();
    }
  }

  const change = () => { setProblem(undefined); setBy(by === 'app' ? 'recovery' : 'app'); };
  return (
    <form className="door-form" method="post" onSubmit={(event) => void submit(event)} aria-busy={busy}>
      {problem
        ? <p className="door-says" role="alert">{sentences[by][problem]}</p>
        : <p className="door-says" role="status">{by === 'app' ? 'One more step: this account has a one-time password.' : 'Each recovery code works once, in place of the one-time password.'}</p>}
      {by === 'app'
        ? <Field key="app" label="Code from your app" name="code" ref={field} autoComplete="one-time-code" inputMode="numeric" maxLength={12} required spellCheck={false} className="input code-input" hint="Six digits, new every 30 seconds." />
        : <Field key="recovery" label="Recovery code" name="code" ref={field} autoComplete="off" autoCapitalize="none" maxLength={60} required spellCheck={false} className="input mono" hint="Seven groups such as 3k7x-90qf; older ones have four. Capitals, dashes and spaces do not matter." />}
      <Button tone="hand-fill" size="tall" type="submit" disabled={busy}>{busy ? 'Signing in' : 'Sign in'}</Button>
      <div className="door-other">
        <button type="button" className="link reach" onClick={change}>{by === 'app' ? 'Use a recovery code' : 'Use the app'}</button>
        <button type="button" className="link reach" onClick={() => over('left')}>Sign in as somebody else</button>
      </div>
    </form>
  );
}
