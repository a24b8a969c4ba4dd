import { sayDay } from '@/components/ui/say-time';
import { sayMs } from './words';
import type { DrillView } from './view';

const WIDTH = 480;
const HEIGHT = 96;
const LEFT = 52;
const TOP = 10;
const BOTTOM = 12;

type Point = { id: string; at: string; p50: number; p99: number; failed: boolean };

/** Two measures over the last drills: for each a line from p50 to p99. What failed is hollow and dashed. */
export function Trend({ drills }: { drills: readonly DrillView[] }) {
  const shown = [...drills].filter(({ now }) => now.state === 'finished').slice(0, 24).reverse();
  if (shown.length < 2) return null;
  const points = (which: 'fenced' | 'confirmed') => shown.flatMap((drill): Point[] => {
    const [p50, p99] = which === 'fenced' ? [drill.fencedP50Ms, drill.fencedP99Ms] : [drill.confirmedP50Ms, drill.confirmedP99Ms];
    return p50 === null || p99 === null ? [] : [{ id: drill.id, at: drill.askedAt, p50, p99, failed: drill.now.state === 'finished' && drill.now.verdict !== 'passed' }];
  });
  return (
    <div className="drill-trends">
      <Chart title="Press to fenced" points={points('fenced')} />
      <Chart title="Press to confirmed" points={points('confirmed')} />
    </div>
  );
}

function Chart({ title, points }: { title: string; points: readonly Point[] }) {
  const last = points.at(-1);
  if (points.length < 2 || !last) return null;
  // By orders of magnitude: a rogue that is cut off takes a lease, the others a fraction of a second.
  const logs = points.flatMap(({ p50, p99 }) => [Math.log10(Math.max(p50, 1)), Math.log10(Math.max(p99, 1))]);
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  const y = (ms: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (Math.log10(Math.max(ms, 1)) - low) / (high - low));
  const x = (index: number) => LEFT + 8 + ((WIDTH - LEFT - 24) * index) / (points.length - 1);
  const grid = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  return (
    <figure className="drill-trend">
      <figcaption><b>{title}</b> p50 {sayMs(last.p50)}, p99 {sayMs(last.p99)} at last</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title} over ${points.length} drills: ${points.map(({ at, p50, p99 }) => `${sayDay(at)} p50 ${sayMs(p50)}, p99 ${sayMs(p99)}`).join('; ')}`}>
        {grid.map((ms) => <g key={ms} className="grid"><line x1={LEFT} x2={WIDTH} y1={y(ms)} y2={y(ms)} /><text x={LEFT - 8} y={y(ms) + 4} textAnchor="end">{ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}</text></g>)}
        {points.map(({ id, p50, p99, failed }, index) => (
          <g key={id} data-failed={failed || undefined}>
            <line className="span" x1={x(index)} x2={x(index)} y1={y(p50)} y2={y(p99)} />
            <circle className="p50" cx={x(index)} cy={y(p50)} r="3.5" />
            <line className="p99" x1={x(index) - 4} x2={x(index) + 4} y1={y(p99)} y2={y(p99)} />
          </g>
        ))}
      </svg>
      <p className="legend">Dot p50, bar p99; dashed where it did not pass.</p>
    </figure>
  );
}
