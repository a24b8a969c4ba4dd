import { lookAtText } from '@/lib/inspect';
import { aimed, figureOf, quantile, type Figure } from '../report/figures';

const SIZE = 4_096;
const MOST = 1_500;

/** How long all detectors and the redaction take on a text of 4 KB, made of the cases one after another. The first tenth only warms up. */
export function timeDetectors(texts: readonly string[]): Figure[] {
  const about = { channel: 'result', trusted: false, canary: 'csc-0123456789abcdef', delimiter: 'data-0123456789abcdef', domains: ['example.org'] } as const;
  const all = texts.join('\n');
  const blocks = Array.from({ length: Math.min(MOST, Math.floor(all.length / SIZE)) }, (_, i) => all.slice(i * SIZE, (i + 1) * SIZE));
  const times = blocks.map((block) => { const from = performance.now(); lookAtText(block, about); return performance.now() - from; }).slice(Math.floor(blocks.length / 10)).sort((a, b) => a - b);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(times, q)) as [number, number, number];
  return [figureOf('all detectors on 4 KB p50', 'ms', [p50]), aimed(figureOf('all detectors on 4 KB p95', 'ms', [p95]), '< 5 ms', p95 < 5), aimed(figureOf('all detectors on 4 KB p99', 'ms', [p99]), '< 15 ms', p99 < 15)];
}
