import { MAD_TO_SIGMA, quantile, sortedValues, type Weighted } from '../spread';
import type { Magnitude } from './schema';

/** Fewer values than this say nothing about what is usual. */
export const LEAST_SEEN = 10;
/** So many deviations are still usual. */
const USUAL_DEVIATIONS = 3.5;
/** So many times beyond what nearly all were, a value is out of scale however much they differ among themselves. */
const FAR_BEYOND = Math.log(10);
/** What overflows is as large as anything. */
const LARGEST = 2_000;

/** How large values are, by orders of magnitude: an amount ten times the usual is as far off for cents as for millions. Half of the values may be anything at all without moving it far. */
export function magnitudeOf(values: readonly Weighted[]): Magnitude | undefined {
  const { sorted, total } = sortedValues(values);
  if (total < LEAST_SEEN) return undefined;
  const sizes = sortedValues(sorted.flatMap(([value, weight]): Weighted[] => (value === 0 ? [] : [[Math.abs(value), weight]])));
  const unit = sizes.sorted.length === 0 ? 1 : Number(quantile(sizes.sorted, sizes.total, 0.1).toPrecision(2));
  const scaled = sorted.map(([value, weight]): Weighted => [scale(value, unit), weight]);
  const middle = quantile(scaled, total, 0.5);
  const away = sortedValues(scaled.map(([value, weight]): Weighted => [Math.abs(value - middle), weight]));
  const at = (share: number) => quantile(sorted, total, share);
  return { n: Math.round(total), unit, middle: short(middle), away: short(quantile(away.sorted, away.total, 0.5)), low: outwards(at(0.01), Math.floor), high: outwards(at(0.99), Math.ceil), from: outwards(at(0.05), Math.floor), to: outwards(at(0.95), Math.ceil) };
}

/** How far a value lies outside of what is usual, above 1; 0 wherever it is within, or where others have been. `floor`: by which factor the same value may differ, told as a logarithm. */
export function outOfScale(value: number, { unit, middle, away, low, high }: Magnitude, floor: number): number {
  if (Number.isNaN(value) || (value >= low && value <= high)) return 0;
  const at = scale(value, unit);
  const deviations = Math.abs(at - middle) / Math.max(MAD_TO_SIGMA * away, floor) / USUAL_DEVIATIONS;
  const beyond = Math.abs(at - scale(value < low ? low : high, unit)) / FAR_BEYOND;
  const most = Math.max(deviations, beyond);
  return most > 1 ? most : 0;
}

/** A logarithm from `unit` on, and even below it, so that nothing and less than nothing have a place as well. */
const scale = (value: number, unit: number) => Math.max(-LARGEST, Math.min(LARGEST, Math.asinh(value / unit)));
/** To three digits: the range holds what it did, and nobody's number stands in it. */
function outwards(value: number, round: (value: number) => number): number {
  if (value === 0 || Math.abs(value) < 1_000 && Number.isInteger(value)) return value;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  const rounded = Number((round(value / step) * step).toPrecision(6));
  return Number.isFinite(rounded) ? rounded : value;
}
const short = (value: number) => Number(value.toPrecision(6));
