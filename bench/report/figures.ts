import { median } from '@/lib/testing/compare-times';

/** One figure of a bench: a median over rounds with its spread, and the baseline measured beside it where there is one. */
export type Figure = { name: string; value: number; unit: string; baseline?: number; ratio?: number; spread: [number, number]; aim?: string; held?: boolean };

/** The q-th quantile of sorted values, by the nearest rank. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}

/** Three significant digits, without an exponent. */
export const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(3)) : value);

/** A figure of rounds; ratios are taken within each round, where both were measured on the machine as it then was. */
export function figureOf(name: string, unit: string, values: readonly number[], baselines?: readonly number[]): Figure {
  const spread: [number, number] = [rounded(Math.min(...values)), rounded(Math.max(...values))];
  if (!baselines) return { name, value: rounded(median(values)), unit, spread };
  return { name, value: rounded(median(values)), unit, baseline: rounded(median(baselines)), ratio: rounded(median(values.map((value, i) => value / baselines[i]!))), spread };
}

/** Says what a figure aims at and whether it got there. */
export const aimed = (figure: Figure, aim: string, held: boolean): Figure => ({ ...figure, aim, held });
