'use client';

import Link from 'next/link';
import { Countdown } from '@/components/live/countdown';
import { Glyph, Seal } from '@/components/ui/glyphs';
import { SentenceText } from '@/components/ui/sentence';
import { sayClock } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { stateGlyph, stateTone, stateVerdict } from './state-words';
import { isOpen, type ApprovalRow } from './view';

export function QueueItem({ row, selected }: { row: ApprovalRow; selected: boolean }) {
  const open = isOpen(row.state);
  return (
    <Link href={`/approvals/${row.id}`} prefetch={false} scroll={false} className="queue-item" aria-current={selected ? 'true' : undefined} data-id={row.id} data-decided={!open || undefined}>
      <span className="pt-0.5"><Seal name={stateGlyph(row.state)} tone={stateTone(row.state, row.yours)} /></span>
      <span className="body">
        <span className="title"><SentenceText parts={row.title} /></span>
        <span className="second">
          <VisibleText text={row.agent} /> · {row.risk}
          {row.notes.map((note) => <span key={note}> · <VisibleText text={note} /></span>)}
          {row.tainted && <span className="tainted"> · <Glyph name="untrusted" size={12} />untrusted</span>}
        </span>
      </span>
      <span className="left">{open ? <Countdown until={row.decideBy} over="0:00" /> : <DecidedAt row={row} />}</span>
    </Link>
  );
}

function DecidedAt({ row }: { row: ApprovalRow }) {
  const at = 'at' in row.state ? row.state.at : row.decideBy;
  return <span className="grid justify-items-end gap-0.5"><Verdict name={stateVerdict(row.state)} /><span className="text-12 text-text-3">{sayClock(at)}</span></span>;
}
