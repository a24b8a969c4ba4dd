'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { Field } from './field';
import { useToast } from './toast';

export type Reasoned = (reason: string) => Promise<{ ok: true } | { ok: false; because: string }>;
type Words = {
  /** On the button that opens it. */
  opens: string;
  title: string;
  text: string;
  /** Where the reason will stand. */
  hint: string;
  keep: string;
  act: string;
  /** When no answer came: what to look at before it is tried again. */
  unanswered: string;
  done: { title: string; second: string };
};

/** A button for what takes a reason: it says what will be, asks why, and tells what came of it. `quiet`: it is not what people come for. */
export function AskWhy({ words, ask, quiet = false }: { words: Words; ask: Reasoned; quiet?: boolean }) {
  const router = useRouter();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const answer = await ask(String(new FormData(event.currentTarget).get('reason') ?? '')).catch(() => ({ ok: false as const, because: `The server did not answer. ${words.unanswered}` }));
    setBusy(false);
    if (!answer.ok) { setWrong(answer.because); return; }
    setOpen(false);
    toast({ glyph: 'done', ...words.done });
    router.refresh();
  };
  return (
    <>
      <Button {...(quiet && { tone: 'quiet' as const })} onClick={() => setOpen(true)}>{words.opens}</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={words.title}>
        <form onSubmit={(event) => void submit(event)} className="grid gap-4 mt-4">
          <p className="text-13 text-text-2">{words.text}</p>
          <Field label="Why?" name="reason" required minLength={3} maxLength={500} autoComplete="off" wrong={wrong} hint={words.hint} />
          <div className="actions !mt-0"><Button onClick={() => setOpen(false)}>{words.keep}</Button><Button type="submit" tone="strong" disabled={busy}>{words.act}</Button></div>
        </form>
      </Dialog>
    </>
  );
}
