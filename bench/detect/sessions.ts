import { detectors } from '@/lib/inspect/detectors';
import { runDetectors } from '@/lib/inspect/run-detectors';
import { figureOf, type Figure } from '../report/figures';
import { groupBy } from '../report/group-by';
import { table } from '../report/print';
import { shareWithInterval } from '../report/wilson';
import { matchesPhrase } from './baseline';
import type { TraceRow } from './rows';

/** Whole sessions, by the detector as it is shipped: how many see an injection in any of their results. Of sessions that nobody attacked none should. */
export function sessionFigures(traces: readonly TraceRow[]): Figure[] {
  const about = { channel: 'result', trusted: false, canary: 'csc-0', delimiter: 'data-0', domains: [] } as const;
  const only = detectors.filter(({ id }) => id === 'injection');
  const flagged = (row: TraceRow) => row.results.some((text) => runDetectors([{ text, path: '' }], about, {}, only).worst !== 'clean');
  const groups = groupBy(traces, ({ source, attacked }) => `${source} · ${attacked ? 'attacked' : 'nobody attacks'}`);
  const rows = groups.map(([name, some]) => ({ name, of: some.length, results: some.reduce((sum, row) => sum + row.results.length, 0), flagged: some.filter(flagged).length, phrases: some.filter((row) => row.results.some(matchesPhrase)).length }));
  console.log(`${table(['whole sessions, detector as shipped', 'sessions', 'results', 'flagged (95 %)', 'list of 17 phrases'], rows.map((row) => [row.name, row.of, row.results, shareWithInterval(row.flagged, row.of), shareWithInterval(row.phrases, row.of)]))}\n`);
  return rows.map((row) => figureOf(`sessions · ${row.name}`, 'share', [row.flagged / row.of], [row.phrases / row.of]));
}
