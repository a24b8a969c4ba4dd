import { sayDay } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import type { Precedent } from './view';

/** The last five like it and what people decided, with how long they took. */
export function Precedents({ items }: { items: readonly Precedent[] }) {
  return (
    <section className="card-part mt-5 pt-4">
      <h2>The last {items.length === 1 ? 'one' : items.length === 5 ? 'five' : items.length} like it</h2>
      <ul>
        {items.slice(0, 5).map((item) => (
          <li key={item.id} className="precedent">
            <span className="quiet-text">{sayDay(item.at)}</span>
            <span className="ellipsis text-text-2"><VisibleText text={item.summary} /></span>
            <span className="quiet-text by"><VisibleText text={item.by} />{item.took && `, ${item.took}`}</span>
            <Verdict name={item.verdict === 'denied' ? 'denied' : item.verdict} />
          </li>
        ))}
      </ul>
    </section>
  );
}
