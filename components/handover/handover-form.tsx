'use client';

import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import { NoteText } from './note-text';
import { MOST_TEXT, type Draft, type HandOver } from './view';

/** The note itself, and how the next one will see it. What was typed stays where it is when handing over fails. */
export function HandoverForm({ draft, handOver }: { draft: Draft; handOver: HandOver }) {
  const router = useRouter();
  const toast = useToast();
  // The page may be read again underneath, with another draft: the one that was begun stays, or pressing twice would hand over twice.
  const [{ id, since }] = useState(draft);
  const [text, setText] = useState(draft.text);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const answer = await handOver({ handoverId: id, since, text }).catch(() => ({ ok: false as const, because: 'The server did not answer. Press again: a note is handed over once, however often it is pressed.' }));
    setBusy(false);
    if (!answer.ok) { setWrong(answer.because); return; }
    toast({ glyph: 'done', title: 'Handed over.', second: 'Whoever comes next finds it on Now.' });
    router.push(`/handover/${answer.id}`);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="handover-form">
      <TextField label="The note" rows={18} maxLength={MOST_TEXT} required value={text} onChange={(event) => { setText(event.target.value); setWrong(undefined); }} wrong={wrong} spellCheck={false}
        hint="Lines that begin with # are headings, those with - are items. Nothing else is read as markup." />
      <details>
        <summary className="link reach text-13">As the next one sees it</summary>
        <NoteText text={text} />
      </details>
      <div className="actions !mt-0"><Button type="submit" tone="strong" disabled={busy || text.trim() === ''}>Hand over</Button></div>
    </form>
  );
}
