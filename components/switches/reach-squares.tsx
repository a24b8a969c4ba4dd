import { squares } from './squares';
import type { SwitchScope } from './view';

/** Every running session as a square: filled stops, thick outline loses a tool, thin goes on. */
export function ReachSquares({ scope, hit, running }: { scope: SwitchScope; hit: number; running: number }) {
  const { filled, total, each } = squares(hit, running);
  return (
    <div className="reach-squares" aria-hidden="true">
      <div className="squares">{Array.from({ length: total }, (_, index) => <i key={index} data-hit={index < filled ? (scope === 'class' ? 'outline' : 'fill') : undefined} />)}</div>
      {each > 1 && <p>One square is {each} sessions.</p>}
    </div>
  );
}
