'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';

export type SaveMeasure = (stopsAMinute: number) => Promise<{ ok: true } | { ok: false; because: string }>;

/** How many sessions one detector may stop in a minute; a form for whoever may set it, a sentence for everybody else. */
export function DetectorMeasure({ stopsAMinute, save }: { stopsAMinute: number; save?: SaveMeasure }) {
  const router = useRouter();
  const toast = useToast();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const result = await save!(Number(form.get('measure'))).catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    setBusy(false);
    setWrong(result.ok ? undefined : result.because);
    if (result.ok) toast({ glyph: 'done', title: 'The measure is set.' });
    router.refresh();
  };
  return (
    <section className="factor">
      <h2 className="!text-text">Stops by detectors</h2>
      <p className="body">A detector stops one session at a time. Beyond its measure it stops nothing more: one alert names what it left running, and a person decides.</p>
      {save ? (
        <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
          <Field label="Sessions that one detector may stop in a minute" name="measure" type="number" inputMode="numeric" min={0} max={1_000} step={1} required defaultValue={stopsAMinute} hint="Between 0 and 1000; with 0 each calls a person." wrong={wrong} />
          <div className="actions"><Button type="submit" tone="strong" disabled={busy}>Set the measure</Button></div>
        </form>
      ) : <p className="body">One detector may stop {stopsAMinute} {stopsAMinute === 1 ? 'session' : 'sessions'} in a minute. An administrator can change it.</p>}
    </section>
  );
}
