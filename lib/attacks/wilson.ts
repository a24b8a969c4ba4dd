import type { Share } from './schema';

/** The 0.975 quantile of the normal distribution. */
const Z95 = 1.959963984540054;

/** The 95 % Wilson score interval of a share. Of nothing, nothing is known: from 0 to 1. */
export function wilson({ hits, of }: Share): [low: number, high: number] {
  if (of === 0) return [0, 1];
  const p = hits / of;
  const z2 = Z95 * Z95;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z95 / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  // At the ends the formula gives 0 and 1 but for rounding.
  return [hits === 0 ? 0 : Math.max(0, middle - half), hits === of ? 1 : Math.min(1, middle + half)];
}
