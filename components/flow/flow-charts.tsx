import { sayDay } from '@/components/ui/say-time';
import { seconds } from '@/lib/flow/rules';
import type { FlowBin } from './view';

const WIDTH = 520;
const HEIGHT = 132;
const LEFT = 44;
const TOP = 8;
const BOTTOM = 20;
const INNER = HEIGHT - TOP - BOTTOM;

const endings = ['granted', 'denied', 'expired', 'cancelled'] as const;
const words = { granted: 'granted', denied: 'denied', expired: 'ran out', cancelled: 'cancelled' } as const;
const total = (bin: FlowBin) => endings.reduce((sum, one) => sum + bin[one], 0);
const place = (index: number, of: number) => LEFT + ((WIDTH - LEFT) * index) / of;

/** How did questions end, and how long did people take? Each as bars over time, with the figures as a table behind. */
export function FlowCharts({ bins }: { bins: readonly FlowBin[] }) {
  if (bins.every((bin) => total(bin) === 0)) return null;
  return (
    <>
      <div className="flow-charts">
        <Endings bins={bins} />
        {bins.some((bin) => bin.medianMs !== null) && <TimeToDecide bins={bins} />}
      </div>
      <details className="flow-table">
        <summary className="link reach text-13">As a table</summary>
        <table className="table mt-2">
          <thead><tr><th>From (UTC)</th>{endings.map((one) => <th key={one} className="num">{words[one]}</th>)}<th className="num">Median wait</th><th className="num on-desk">p90</th></tr></thead>
          <tbody>{[...bins].reverse().filter((bin) => total(bin) > 0).map((bin) => <tr key={bin.at}><td className="whitespace-nowrap">{sayDay(bin.at)}</td>{endings.map((one) => <td key={one} className="num">{bin[one]}</td>)}<td className="num">{bin.medianMs === null ? '–' : seconds(bin.medianMs)}</td><td className="num on-desk">{bin.p90Ms === null ? '–' : seconds(bin.p90Ms)}</td></tr>)}</tbody>
        </table>
      </details>
    </>
  );
}

function Endings({ bins }: { bins: readonly FlowBin[] }) {
  const most = Math.max(...bins.map(total));
  const top = niceTop(most);
  const width = Math.min(24, ((WIDTH - LEFT) / bins.length) * 0.7);
  const sum = (one: (typeof endings)[number]) => bins.reduce((all, bin) => all + bin[one], 0);
  return (
    <figure className="flow-chart">
      <figcaption><b>How questions ended</b> {endings.filter((one) => sum(one) > 0).map((one) => <span key={one} className="flow-key"><i data-how={one} />{sum(one).toLocaleString('en')} {words[one]}</span>)}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`How questions ended: ${endings.map((one) => `${sum(one)} ${words[one]}`).join(', ')}`}>
        <Grid lines={[0, top / 2, top]} y={(value) => TOP + INNER * (1 - value / top)} label={(value) => (Number.isInteger(value) ? value.toLocaleString('en') : '')} />
        {bins.map((bin, index) => {
          let below = 0;
          return endings.map((one) => {
            const height = (INNER * bin[one]) / top;
            const y = TOP + INNER - below - height;
            below += height;
            return height > 0 && <rect key={`${bin.at} ${one}`} data-how={one} x={place(index, bins.length)} y={y} width={width} height={height} />;
          });
        })}
        <Days bins={bins} />
      </svg>
    </figure>
  );
}

function TimeToDecide({ bins }: { bins: readonly FlowBin[] }) {
  const decided = bins.filter((bin) => bin.medianMs !== null && bin.p90Ms !== null);
  const top = Math.max(...decided.map((bin) => bin.p90Ms!), 1_000);
  const y = (ms: number) => TOP + INNER * (1 - ms / top);
  const step = (WIDTH - LEFT) / bins.length;
  return (
    <figure className="flow-chart">
      <figcaption><b>Time to decide</b> <span className="flow-key">dot: half were decided by then; bar: nine in ten</span></figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Time to decide: ${decided.map((bin) => `${sayDay(bin.at)} median ${seconds(bin.medianMs!)}, nine in ten ${seconds(bin.p90Ms!)}`).join('; ')}`}>
        <Grid lines={[0, top / 2, top]} y={y} label={(ms) => (ms === 0 ? '0' : seconds(ms))} />
        {bins.map((bin, index) => bin.medianMs !== null && bin.p90Ms !== null && (
          <g key={bin.at}>
            <line className="span" x1={place(index, bins.length) + step / 3} x2={place(index, bins.length) + step / 3} y1={y(bin.medianMs)} y2={y(bin.p90Ms)} />
            <circle className="middle" cx={place(index, bins.length) + step / 3} cy={y(bin.medianMs)} r="3" />
            <line className="ninth" x1={place(index, bins.length) + step / 3 - 4} x2={place(index, bins.length) + step / 3 + 4} y1={y(bin.p90Ms)} y2={y(bin.p90Ms)} />
          </g>
        ))}
        <Days bins={bins} />
      </svg>
    </figure>
  );
}

const Grid = ({ lines, y, label }: { lines: readonly number[]; y: (value: number) => number; label: (value: number) => string }) => (
  <g className="grid">{lines.map((value) => <g key={value}><line x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} /><text x={LEFT - 8} y={y(value) + 4} textAnchor="end">{label(value)}</text></g>)}</g>
);

/** The days below: each where it begins. */
function Days({ bins }: { bins: readonly FlowBin[] }) {
  const begins = bins.flatMap((bin, index) => (index === 0 || bin.at.slice(0, 10) === bins[index - 1]!.at.slice(0, 10) ? [] : [{ at: bin.at, index }]));
  return <g className="grid">{begins.map(({ at, index }) => <text key={at} x={place(index, bins.length)} y={HEIGHT - 4}>{sayDay(at).slice(0, 6)}</text>)}</g>;
}

/** The next of 2, 4, 10, 20, 40, 100 and so on, so that the middle line is a whole number. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [2, 4, 10].map((one) => one * power).find((one) => one >= most)!;
}
