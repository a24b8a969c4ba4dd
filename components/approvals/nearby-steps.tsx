import Link from 'next/link';
import { Saw } from '@/components/ui/glyphs';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import type { NearbyStep } from './view';

export function NearbySteps({ items, sessionId }: { items: readonly NearbyStep[]; sessionId: string }) {
  return (
    <ol className="nearby">
      {items.map((item) => (
        <li key={item.seq} data-here={item.here || undefined}>
          <span className="step">{item.step}</span>
          {item.tainted ? <Saw /> : <i className="line" />}
          <Link className="sentence" href={`/sessions/${sessionId}?at=${item.seq}`} prefetch={false}><VisibleText text={item.summary} /></Link>
          {item.verdict && <Verdict name={item.verdict} />}
        </li>
      ))}
    </ol>
  );
}
