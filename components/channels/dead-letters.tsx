'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { ManageChannels, NoticeView } from './view';
import { momentWords, triesWords } from './words';

/** What could not be told: sent once more under its own id, or given up by a person. */
export function DeadLetters({ letters, manage }: { letters: readonly NoticeView[]; manage: Pick<ManageChannels, 'retry' | 'discard'> }) {
  const router = useRouter();
  const toast = useToast();
  const [busy, setBusy] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const act = async (letter: NoticeView, doing: 'retry' | 'discard') => {
    setBusy(letter.id);
    const done = await manage[doing](letter.id).catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    setBusy(null);
    toast(done.ok ? { glyph: 'done', title: doing === 'retry' ? `It is on its way to ${letter.channel} once more.` : 'It is given up, and stays on record.' } : { glyph: 'broken', title: 'Nothing was changed.', second: done.because });
    // The row leaves; whoever works by the keyboard goes on from the list's head.
    if (done.ok) heading.current?.focus();
    router.refresh();
  };
  if (letters.length === 0) return null;
  return (
    <section aria-label="Dead letters">
      <h2 className="!text-text" ref={heading} tabIndex={-1}>What could not be told</h2>
      <p className="text-13 text-text-3 mt-1">Given up after it was refused, or after a day of trying. Sent once more it has the id that it had, so a receiver that has it already can tell.</p>
      <table className="table people tokens mt-2"><tbody>{letters.map((letter) => (
        <tr key={letter.id} className="tall">
          <td><VisibleText text={letter.says} /><div className="quiet-text">{momentWords(letter)} for <span className="mono">{letter.channel}</span>, <Ago at={letter.createdAt} suffix=" ago" /></div></td>
          <td><VisibleText text={letter.lastError ?? 'No reason was kept.'} /><div className="quiet-text">{triesWords(letter.attempts)}</div></td>
          <td className="num"><Button disabled={busy === letter.id} onClick={() => void act(letter, 'retry')} aria-label={`Send once more: ${letter.says}`}>Send once more</Button> <Button tone="quiet" disabled={busy === letter.id} onClick={() => void act(letter, 'discard')} aria-label={`Discard: ${letter.says}`}>Discard</Button></td>
        </tr>
      ))}</tbody></table>
    </section>
  );
}
