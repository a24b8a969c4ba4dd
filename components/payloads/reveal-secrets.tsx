'use client';

import { useState, type FormEvent } from 'react';
import { EyeOff } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FoldedValue } from '@/components/ui/folded-value';

export type HiddenSecrets = { payloadId: string; /** "the arguments" */ of: string; count: number };
export type Reveal = (input: { payloadId: string; reason: string }) => Promise<{ ok: true; text: string } | { ok: false; because: string }>;

/** Detected secrets are hidden; seeing them takes a reason, which is on the record before they are shown. They are gone again with the page. */
export function RevealSecrets({ hidden, reveal }: { hidden: HiddenSecrets; reveal: Reveal }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [text, setText] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const answer = await reveal({ payloadId: hidden.payloadId, reason: String(new FormData(event.currentTarget).get('reason') ?? '') }).catch(() => ({ ok: false as const, because: 'The server did not answer. Nothing was revealed.' }));
    setBusy(false);
    if (answer.ok) setText(answer.text);
    else setWrong(answer.because);
  };
  if (text !== undefined) {
    return (
      <div className="revealed" role="status">
        <p className="text-12 text-text-3">As it was written, shown this once. That you saw it is on the record.</p>
        <FoldedValue path={`/revealed/${hidden.payloadId}`} name={`${hidden.of}, revealed`} text={text} untrusted={[]} />
      </div>
    );
  }
  return (
    <div className="reveal">
      <p className="text-13 text-text-2"><EyeOff size={14} aria-hidden="true" className="inline mr-2 mb-px" />{hidden.count === 1 ? 'One secret is' : `${hidden.count} secrets are`} hidden in {hidden.of}. {!asking && <button type="button" className="link reach" onClick={() => setAsking(true)}>Reveal {hidden.count === 1 ? 'it' : 'them'}…</button>}</p>
      {asking && (
        <form onSubmit={(event) => void submit(event)} className="grid gap-3 mt-2">
          <Field label="Why do you need to see it?" name="reason" required minLength={3} maxLength={500} autoComplete="off" autoFocus wrong={wrong} hint="It goes on the record with your name." />
          <div className="flex gap-2"><Button type="submit" disabled={busy}>Record why and reveal</Button><Button tone="quiet" onClick={() => setAsking(false)}>Leave hidden</Button></div>
        </form>
      )}
    </div>
  );
}
