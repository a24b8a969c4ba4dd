import Link from 'next/link';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { MarginRow, MarginSection } from '@/components/ui/margin-list';
import { sayDay } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { HandoverForm } from './handover-form';
import type { Draft, HandOver, HandoverView } from './view';

export const shiftHours = [4, 8, 12, 24] as const;

/** What does the next one have to know? The draft of a note, and the notes there are. */
export function HandoverScreen({ draft, handOver, notes, hours }: { draft?: Draft; handOver?: HandOver; notes: readonly Omit<HandoverView, 'text'>[]; hours: number | undefined }) {
  return (
    <div className="page">
      <div className="page-read">
        <div className="margin-head"><div>
          <Headline text={draft ? 'Hand over to the next one.' : 'Handovers'} />
          {draft && handOver && (
            <>
              <p className="lede">Drafted from what happened since {sayDay(draft.since)} UTC. Make it yours: whoever comes next finds it on Now, and it stays on the record.</p>
              <nav className="flex flex-wrap gap-1.5 mt-3" aria-label="How long the shift was">
                <Link href="/handover" prefetch={false} className="chip" aria-current={hours === undefined ? 'true' : undefined}>Since the last note</Link>
                {shiftHours.map((one) => <Link key={one} href={`/handover?hours=${one}`} prefetch={false} className="chip" aria-current={hours === one ? 'true' : undefined}>{one} hours</Link>)}
              </nav>
              <HandoverForm key={hours ?? 'last note'} draft={draft} handOver={handOver} />
            </>
          )}
        </div></div>
        {notes.length > 0 && (
          <div className="margin mt-5">
            <MarginSection title="Handed over before">
              {notes.map((note) => <MarginRow key={note.id} href={`/handover/${note.id}`} when={sayDay(note.to)} mark={<Seal name="done" tone="hand" />} sentence={<>From <VisibleText text={note.by.name} /></>} second={`The shift since ${sayDay(note.from)} UTC`} />)}
            </MarginSection>
          </div>
        )}
      </div>
    </div>
  );
}
