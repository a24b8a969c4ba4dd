'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';

type Erase = (reason: string) => Promise<{ ok: true } | { ok: false; because: string }>;

/** Destroys every text of one session. It cannot be taken back, so it asks why and says what stays. */
export function EraseSession({ shortId, erase }: { shortId: string; erase: Erase }) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const answer = await erase(String(new FormData(event.currentTarget).get('reason') ?? '')).catch(() => ({ ok: false as const, because: 'The server did not answer. Look whether it was asked for before you try again.' }));
    setBusy(false);
    if (!answer.ok) { setWrong(answer.because); return; }
    setOpen(false);
    toast({ glyph: 'done', title: `The texts of session ${shortId} are being erased.`, second: 'The worker does it within seconds.' });
    router.refresh();
  };
  return (
    <>
      <Button tone="quiet" onClick={() => setOpen(true)}>Erase its texts…</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`Erase the texts of session ${shortId}`}>
        <form onSubmit={(event) => void submit(event)} className="grid gap-4 mt-4">
          <p className="text-13 text-text-2">Arguments, inputs, outputs, plans and reasons of this session are destroyed with the key that opens them. Nobody can bring them back, except from a backup that is older. That they were there, their sizes and redacted renderings stay on the record, and the record still verifies.</p>
          <Field label="Why?" name="reason" required minLength={3} maxLength={500} autoComplete="off" wrong={wrong} hint="It stands in the place of the texts." />
          <div className="actions !mt-0"><Button onClick={() => setOpen(false)}>Keep them</Button><Button type="submit" tone="strong" disabled={busy}>Erase the texts of {shortId}</Button></div>
        </form>
      </Dialog>
    </>
  );
}
