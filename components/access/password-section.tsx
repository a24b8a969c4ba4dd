'use client';

import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import type { FieldResult } from './view';

type Props = { email: string; minimum: number; change: (input: { current: string; password: string }) => Promise<FieldResult> };

/** Changes one's own password; every other sign-in ends by it. */
export function PasswordSection({ email, minimum, change }: Props) {
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState<{ path: string; message: string }>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const result = await change({ current: String(form.get('current')), password: String(form.get('password')) }).catch((): FieldResult => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    if (!result.ok) return setWrong({ path: result.path ?? '/current', message: result.because });
    setWrong(undefined);
    setOpen(false);
    toast({ glyph: 'done', title: 'Your password is changed.', second: 'You are signed out everywhere else.' });
  };
  return (
    <section id="password" className="factor">
      <h2 className="!text-text">Password</h2>
      <p className="body">Changing it signs you out everywhere but here.</p>
      {!open ? <Button onClick={() => setOpen(true)}>Change the password</Button> : (
        <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
          <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
          <Field label="Present password" name="current" type="password" autoComplete="current-password" required autoFocus wrong={wrong?.path === '/current' ? wrong.message : undefined} />
          <Field label="New password" name="password" type="password" autoComplete="new-password" required minLength={minimum} hint={`At least ${minimum} characters. Four words in a row will do.`} wrong={wrong && wrong.path !== '/current' ? wrong.message : undefined} />
          <div className="actions"><Button onClick={() => { setOpen(false); setWrong(undefined); }}>Leave it as it is</Button><Button type="submit" tone="strong" disabled={busy}>Change the password</Button></div>
        </form>
      )}
    </section>
  );
}
