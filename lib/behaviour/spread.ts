import type { Spread } from './schema';

/** Fewer values than this say nothing about what is usual. */
const LEAST = 5;
/** Of a normal distribution, the standard deviation is this many times the median absolute deviation. */
export const MAD_TO_SIGMA = 1.4826;
/** No closer than this share of the median is told apart: what was always the same may still differ a little. */
const SHARE = 0.1;
/** So many deviations, and so many times the median, are still usual. */
const USUAL_DEVIATIONS = 3.5;
const USUAL_TIMES = 2;

/** A value and how many it stands for. */
export type Weighted = readonly [value: number, weight: number];

/** The finite ones from the smallest on, and how many they stand for. */
export function sortedValues(values: readonly Weighted[]): { sorted: Weighted[]; total: number } {
  const sorted = values.filter(([value, weight]) => Number.isFinite(value) && weight > 0).sort((a, b) => a[0] - b[0]);
  return { sorted, total: sorted.reduce((sum, [, weight]) => sum + weight, 0) };
}

/** Half of the values may be anything at all without moving it far. Values that are no finite number are left out. */
export function spreadOf(values: readonly Weighted[]): Spread {
  const { sorted, total } = sortedValues(values);
  if (sorted.length === 0) return { n: 0, median: 0, mad: 0, low: 0, high: 0 };
  const median = quantile(sorted, total, 0.5);
  const away = sorted.map(([value, weight]): Weighted => [Math.min(Math.abs(value - median), Number.MAX_VALUE), weight]).sort((a, b) => a[0] - b[0]);
  return { n: Math.round(total), median, mad: quantile(away, total, 0.5), low: quantile(sorted, total, 0.01), high: quantile(sorted, total, 0.99) };
}

/** The value below which a share of the sorted ones lies; there has to be one. */
export function quantile(sorted: readonly Weighted[], total: number, share: number): number {
  let sum = 0;
  for (const [value, weight] of sorted) {
    sum += weight;
    if (sum >= total * share) return value;
  }
  return sorted.at(-1)![0];
}

/**
 * How far a value lies above what is usual, from 0 (within) towards 1. It has to be far in deviations and a multiple as
 * well: a constant with a tiny deviation does not explode, and a wide spread does not hide a hundredfold. `floor` is what the deviation is at least.
 */
export function excess(value: number, spread: Spread, floor: number): number {
  if (spread.n < LEAST || Number.isNaN(value)) return 0;
  const deviations = (value - spread.median) / scaleOf(spread, floor);
  const times = value / Math.max(spread.median, floor);
  return Math.max(0, Math.min(beyond(deviations, USUAL_DEVIATIONS), beyond(times, USUAL_TIMES)));
}

/** How far a value lies outside of what is usual, on either side; 0 wherever others have been. */
export function outside(value: number, spread: Spread, floor: number): number {
  if (spread.n < LEAST || Number.isNaN(value) || (value >= spread.low && value <= spread.high)) return 0;
  return Math.max(0, beyond(Math.abs(value - spread.median) / scaleOf(spread, floor), USUAL_DEVIATIONS));
}

const scaleOf = ({ mad, median }: Spread, floor: number) => Math.max(MAD_TO_SIGMA * mad, SHARE * Math.abs(median), floor);
const beyond = (value: number, usual: number) => (value > usual ? 1 - usual / value : 0);

/** Keeps every value while there are few, then every second, every fourth: bounded, spread over all of them, and the same for the same values. */
export class Sample {
  readonly values: number[] = [];
  private stride = 1;
  private seen = 0;

  constructor(private readonly most: number) {}

  add(value: number): void {
    if (this.seen++ % this.stride !== 0) return;
    this.values.push(value);
    if (this.values.length < this.most * 2) return;
    for (let i = 0; i < this.most; i++) this.values[i] = this.values[2 * i]!;
    this.values.length = this.most;
    this.stride *= 2;
  }
}
