import { Ago } from '@/components/live/countdown';
import { ButtonLink } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import { actorWords, orderTitle } from './scope-words';
import type { NamedOrder } from './view';

/** What is stopped already, and by whom. */
export function StandingOrders({ items }: { items: readonly NamedOrder[] }) {
  return (
    <section className="standing">
      <h2>Stopped already</h2>
      {items.length === 0 && <p className="text-13 text-text-3 mt-1">Nothing is stopped.</p>}
      <ul>
        {items.map(({ order, name }) => (
          <li key={order.id}>
            <Seal name={order.kind === 'pause' ? 'doing' : 'stop'} {...(order.kind === 'stop' && { tone: 'stop' as const })} />
            <div>
              <b className="sentence"><VisibleText text={orderTitle(order, name)} />, {order.kind === 'pause' ? 'paused' : 'stopped'} for <Ago at={order.issuedAt} />, by <VisibleText text={actorWords(order.engagedBy)} /></b>
              <p className="text-13 text-text-3">{order.drill && 'A drill. '}{order.state.state === 'release_requested' ? 'A release was asked for and waits.' : 'It stays until somebody releases it.'}{!order.signed && ' Control has not signed it yet; it holds all the same.'}</p>
            </div>
            <ButtonLink href={`/switches/${order.id}`}>Open</ButtonLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
