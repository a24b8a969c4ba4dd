import { Glyph } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { ApprovalCardView } from './view';

/** Of so many a phone shows what differs and what happens above the actions by itself. */
const FEW = 4;

/**
 * On a phone, where a call has more arguments than fit above the actions: where they came from, what differs and what happens, a line
 * each, before the arguments. All of it stands in full below.
 */
export function CardBrief({ view: { arguments: all, unusual, consequence } }: { view: Pick<ApprovalCardView, 'arguments' | 'unusual' | 'consequence'> }) {
  if (all.length <= FEW) return null;
  const untrusted = all.filter((item) => item.provenance?.trust === 'untrusted');
  const sources = [...new Set(untrusted.map((item) => item.provenance!.source))];
  return (
    <ul className="card-brief on-phone" aria-label="In short">
      {untrusted.length > 0
        ? <li data-untrusted><Glyph name="untrusted" size={12} /> <VisibleText text={`${untrusted.map((item) => item.name).join(', ')} from ${sources[0]!}${sources.length > 1 ? ` and ${sources.length - 1} more` : ''}`} />, untrusted</li>
        : <li><span>Came from:</span> nothing untrusted</li>}
      <li><span>Differs:</span> {unusual === null ? 'no history to compare with' : unusual.length > 0 ? <VisibleText text={unusual.join(' ')} /> : 'nothing'}</li>
      <li><span>If it happens:</span> {consequence.recallable ? <VisibleText text={consequence.undo} /> : <b><VisibleText text={consequence.undo} /></b>} <VisibleText text={consequence.sentence} /></li>
    </ul>
  );
}
