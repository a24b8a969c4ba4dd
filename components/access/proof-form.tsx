'use client';

import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';

/** What a person is asked for before their own credentials change. */
export type ProofKind = 'code' | 'password' | 'fresh';

const asks: Record<Exclude<ProofKind, 'fresh'>, { label: string; hint: string }> = {
  code: { label: 'Code from your app, or a recovery code', hint: 'So that nobody does this at a browser that you left open.' },
  password: { label: 'Your password', hint: 'So that nobody does this at a browser that you left open.' },
};

/** Asks for the proof and hands it on; `send` answers what was wrong with it, or nothing. */
export function ProofForm({ kind, act, send, leave }: { kind: ProofKind; act: string; send: (proof: string) => Promise<string | undefined>; leave: () => void }) {
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const proof = String(new FormData(event.currentTarget).get('proof') ?? '');
    setBusy(true);
    const because = await send(proof).catch(() => 'The server did not answer.');
    setBusy(false);
    setWrong(because);
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
      {kind !== 'fresh'
        ? <Field {...asks[kind]} name="proof" type={kind === 'password' ? 'password' : 'text'} autoComplete={kind === 'password' ? 'current-password' : 'one-time-code'} autoCapitalize="none" spellCheck={false} required autoFocus wrong={wrong} />
        : wrong && <p className="body" role="alert">{wrong}</p>}
      <div className="actions"><Button onClick={leave}>Leave it as it is</Button><Button type="submit" tone="strong" disabled={busy}>{act}</Button></div>
    </form>
  );
}
