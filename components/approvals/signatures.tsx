import { Seal } from '@/components/ui/glyphs';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { SignatureSlot } from './view';

/** Who signed (solid line) and who still must (dashed). Amber only when it is you. */
export function Signatures({ slots }: { slots: readonly SignatureSlot[] }) {
  return <ul className="signatures">{slots.map((slot, index) => <Slot key={index} slot={slot} />)}</ul>;
}

function Slot({ slot }: { slot: SignatureSlot }) {
  switch (slot.kind) {
    case 'policy':
      return <li className="signature"><Seal name="policy" /><div><b>Policy {slot.version} asks a person</b>{sayClock(slot.at)} · route <VisibleText text={slot.route} /></div></li>;
    case 'signed':
      return <li className="signature"><Seal name="approved" tone="hand" /><div><b><VisibleText text={slot.by} /></b>{sayClock(slot.at)}{slot.via && `, ${slot.via}`}{slot.narrowed && ', narrowed it'}</div></li>;
    case 'unmet':
      return <li className="signature" data-open="others"><Seal name="broken" /><div><b><VisibleText text={slot.sentence} /></b></div></li>;
    case 'open':
      return (
        <li className="signature" data-open={slot.yours ? 'yours' : 'others'}>
          <Seal name="asked" {...(slot.yours && { tone: 'wait' as const })} />
          <div><b>{slot.instead ? 'Or, in their place, ' : slot.who.includes('@') ? '' : slot.needed === 1 ? 'One of ' : `${slot.needed} of `}<VisibleText text={slot.who} />: nobody yet</b>{slot.yours && 'You may. '}{slot.escalatesTo && <>Goes to <VisibleText text={slot.escalatesTo} />{slot.escalatesAt && ` at ${sayClock(slot.escalatesAt)}`}.</>}</div>
        </li>
      );
  }
}
