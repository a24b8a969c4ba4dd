'use client';

import { useRouter } from 'next/navigation';
import { useId, useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import { secondFactorFrom, type SecondFactorFrom } from '@/lib/access/rules';
import type { FieldResult } from './view';

const words: Record<SecondFactorFrom, string> = {
  nobody: 'nobody', admin: 'administrators', reviewer: 'reviewers and above', author: 'authors and above', responder: 'responders and above', analyst: 'analysts and above', everybody: 'everybody',
};

type Props = { from: SecondFactorFrom; save?: (from: SecondFactorFrom) => Promise<FieldResult> };

/** Of whom a second factor is required; a form for whoever may set it, a sentence for everybody else. */
export function SecondFactorSetting({ from, save }: Props) {
  const router = useRouter();
  const toast = useToast();
  const id = useId();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = String(new FormData(event.currentTarget).get('from')) as SecondFactorFrom;
    setBusy(true);
    const result = await save!(chosen).catch((): FieldResult => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    setWrong(result.ok ? undefined : result.because);
    if (result.ok) toast({ glyph: 'done', title: `A second factor is required of ${words[chosen]}.`, second: chosen === 'nobody' ? 'Whoever has one is still asked for it.' : 'Whoever has none sets one up before anything else.' });
    router.refresh();
  };
  return (
    <section className="factor">
      <h2 className="!text-text">A second factor</h2>
      <p className="body">A one-time password or a passkey. Whoever needs one and has none sets it up right after signing in, and can only stop things until then. Roles of your own count by what they may do.</p>
      {save ? (
        <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
          <div className="field">
            <label htmlFor={id}>Required of</label>
            <select id={id} className="input" name="from" key={from} defaultValue={from}>{secondFactorFrom.map((value) => <option key={value} value={value}>{words[value]}</option>)}</select>
          </div>
          {wrong && <p className="body" role="alert">{wrong}</p>}
          <div className="actions"><Button type="submit" tone="strong" disabled={busy}>Set who needs one</Button></div>
        </form>
      ) : (
        <p className="body">It is required of {words[from]}. An administrator can change it.</p>
      )}
    </section>
  );
}
