import { useId } from 'react';
import { rulerMarks } from './ruler-marks';
import type { SessionEventView } from './view';

/** The whole session in forty pixels: events, pauses, where untrusted text entered, what was asked and refused. */
export function Ruler({ events }: { events: readonly SessionEventView[] }) {
  const id = useId();
  const { ticks, taintFrom, breaks } = rulerMarks(events);
  const percent = (x: number) => `${(x * 99.6 + 0.2).toFixed(2)}%`;
  return (
    <svg className="ruler on-desk" width="100%" height="40" aria-hidden="true">
      <defs><pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse" y="16"><path d="M0 1 4 7 8 1" fill="none" stroke="var(--taint)" strokeWidth="1.5" /></pattern></defs>
      <line x1="0" x2={taintFrom === null ? '100%' : percent(taintFrom)} y1="20.5" y2="20.5" stroke="var(--line-strong)" />
      {ticks.map((tick, index) => {
        const x = percent(tick.x);
        if (tick.kind === 'plain') return <line key={index} x1={x} x2={x} y1="15" y2="26" stroke="var(--line-control)" />;
        if (tick.kind === 'person') return <circle key={index} cx={x} cy="20.5" r="4" fill="var(--hand)" />;
        return <line key={index} x1={x} x2={x} y1="8" y2="33" strokeWidth="3" stroke={tick.kind === 'ask' ? 'var(--wait-mark)' : tick.kind === 'stop' ? 'var(--stop)' : 'var(--strong)'} />;
      })}
      {taintFrom !== null && <rect x={percent(taintFrom)} y="16" width={`${((1 - taintFrom) * 99.6 + 0.2).toFixed(2)}%`} height="8" fill={`url(#${id})`} />}
      {taintFrom !== null && <svg x={percent(taintFrom)} y="20" overflow="visible"><path d="M0-9 8 0 0 9-8 0z" fill="var(--taint)" /></svg>}
      {breaks.map((x, index) => <svg key={index} x={percent(x)} y="20" overflow="visible"><path d="M-16-10H16V10H-16z" fill="var(--canvas)" /><path d="M-9 6l8-12M3 6l8-12" stroke="var(--line-control)" fill="none" /></svg>)}
    </svg>
  );
}
