'use client';

import { memo } from 'react';
import Link from 'next/link';
import { Countdown } from '@/components/live/countdown';
import { Glyph, Seal } from '@/components/ui/glyphs';
import { SentenceText, sentenceWords } from '@/components/ui/sentence';
import { sayClock } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { stateGlyph, stateTone, stateVerdict } from './state-words';
import { isOpen, type ApprovalRow } from './view';

type Props = { row: ApprovalRow; href: string; selected: boolean; /** As many of its kind wait, itself among them. */ alike: number; /** Undefined where nothing can be chosen. */ chosen: boolean | undefined; onChoose: (id: string, range: boolean) => void };

/** A line of the queue. The seal's place turns into a box while rows are being chosen, so that nothing moves. */
export const QueueItem = memo(function QueueItem({ row, href, selected, alike, chosen, onChoose }: Props) {
  const open = isOpen(row.state);
  return (
    <div className="queue-line" data-chosen={chosen || undefined}>
      {chosen !== undefined && open && <label className="queue-box"><input type="checkbox" checked={chosen} aria-label={`Choose: ${sentenceWords(row.title).slice(0, 160)}`} onChange={(event) => onChoose(row.id, (event.nativeEvent as MouseEvent).shiftKey === true)} /></label>}
      <Link href={href} prefetch={false} scroll={false} className="queue-item" aria-current={selected ? 'true' : undefined} aria-keyshortcuts="x" data-id={row.id} data-decided={!open || undefined}>
        <span className="pt-0.5">{chosen === undefined || !open ? <Seal name={stateGlyph(row.state)} tone={stateTone(row.state, row.yours)} /> : null}</span>
        <span className="body">
          <span className="title"><SentenceText parts={row.title} /></span>
          <span className="second">
            <VisibleText text={row.agent} /> · {row.risk}
            {alike > 1 && <span> · {alike.toLocaleString('en')} alike</span>}
            {row.notes.map((note) => <span key={note}> · <VisibleText text={note} /></span>)}
            {row.tainted && <span className="tainted"> · <Glyph name="untrusted" size={12} />untrusted</span>}
          </span>
        </span>
        <span className="left">{open ? <Countdown until={row.decideBy} over="0:00" /> : <DecidedAt row={row} />}</span>
      </Link>
    </div>
  );
});

function DecidedAt({ row }: { row: ApprovalRow }) {
  const at = 'at' in row.state ? row.state.at : row.decideBy;
  return <span className="grid justify-items-end gap-0.5"><Verdict name={stateVerdict(row.state)} /><span className="text-12 text-text-3">{sayClock(at)}</span></span>;
}
