import Link from 'next/link';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { NoteText } from './note-text';
import type { HandoverView } from './view';

/** One note, as it was handed over. */
export function NoteScreen({ note }: { note: HandoverView }) {
  return (
    <div className="page">
      <div className="page-read">
        <div className="margin-head">
          <span className="when">{sayDay(note.to)}</span>
          <div>
            <h1>Handover from <VisibleText text={note.by.name} />, {sayClock(note.to).slice(0, 5)}</h1>
            <p className="lede">The shift since {sayDay(note.from)} UTC, in their words. <Link href="/handover" prefetch={false} className="link reach">All notes</Link></p>
            <NoteText text={note.text} />
          </div>
        </div>
      </div>
    </div>
  );
}
