'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import type { FieldResult } from './view';

type Props = { idleMinutes: number; absoluteHours: number; save?: (input: { idleMinutes: number; absoluteHours: number }) => Promise<FieldResult> };

/** How long a sign-in lasts; a form for whoever may set it, two sentences for everybody else. */
export function SignInLimits({ idleMinutes, absoluteHours, save }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [wrong, setWrong] = useState<{ path?: string; because: string }>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const result = await save!({ idleMinutes: Number(form.get('idle')), absoluteHours: Number(form.get('absolute')) }).catch((): FieldResult => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    setWrong(result.ok ? undefined : result);
    if (result.ok) toast({ glyph: 'done', title: 'The limits are set.', second: 'Sign-ins that are beyond them have ended.' });
    router.refresh();
  };
  return (
    <section className="factor">
      <h2 className="!text-text">How long a sign-in lasts</h2>
      <p className="body">Shorter limits end sign-ins that are open already; longer ones hold from the next sign-in on.</p>
      {save ? (
        <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
          <Field label="Minutes without a hand on it" name="idle" type="number" inputMode="numeric" min={5} max={1_440} step={1} required defaultValue={idleMinutes} hint="Between 5 and 1440, a day." wrong={wrong?.path === '/idle' ? wrong.because : undefined} />
          <Field label="Hours in all, however busy" name="absolute" type="number" inputMode="numeric" min={1} max={720} step={1} required defaultValue={absoluteHours} hint="Between 1 and 720, thirty days." wrong={wrong && wrong.path !== '/idle' ? wrong.because : undefined} />
          <div className="actions"><Button type="submit" tone="strong" disabled={busy}>Set the limits</Button></div>
        </form>
      ) : (
        <p className="body">A sign-in is over after {idleMinutes} minutes without a hand on it, and after {absoluteHours} hours however busy. An administrator can change it.</p>
      )}
    </section>
  );
}
