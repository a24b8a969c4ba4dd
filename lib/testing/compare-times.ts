/** What two kinds of a call took, run in turns, compared by rank: a busy machine slows both and shifts neither. */
export type Comparison = {
  /** Of all runs, milliseconds. */
  median: number;
  /** By how much the first kind took longer in the middle of the pairs, milliseconds. */
  shift: number;
  /** Of Wilcoxon's signed ranks: beyond 3.29 either way is once in a thousand by chance. */
  z: number;
};

const FEWEST = 20;

/** Of an even number of values the mean of the middle two; NaN of none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Compares what was measured, pair by pair. */
export function comparePairs(pairs: readonly (readonly [number, number])[]): Comparison {
  const differences = pairs.map(([first, second]) => first - second).filter((difference) => difference !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = differences.length;
  const positive = differences.reduce((sum, difference, at) => (difference > 0 ? sum + at + 1 : sum), 0);
  const mean = (n * (n + 1)) / 4;
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  return { median: median(pairs.flat()), shift: median(pairs.map(([first, second]) => first - second)), z: n === 0 ? 0 : (positive - mean) / spread };
}

/** Runs both kinds in turns, each first in every other pair, until there are so many pairs or the time is over, and compares them. Never fewer than 20 pairs: by rank less says nothing. */
export async function compareTimes({ pairs, withinMs }: { pairs: number; withinMs: number }, first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<Comparison> {
  const took = async (work: () => Promise<unknown>) => {
    const before = performance.now();
    await work();
    return performance.now() - before;
  };
  const measured: [number, number][] = [];
  const over = performance.now() + withinMs;
  for (let at = 0; at < pairs && (at < FEWEST || performance.now() < over); at++) {
    if (at % 2 === 0) measured.push([await took(first), await took(second)]);
    else {
      const later = await took(second);
      measured.push([await took(first), later]);
    }
  }
  return comparePairs(measured);
}

/** Whether one could be told from the other from outside: beyond chance, and by more than a twentieth of what it takes (and a millisecond). Less drowns in any network. */
export const tellsApart = ({ median: all, shift, z }: Comparison): boolean => Math.abs(z) > 3.29 && Math.abs(shift) > Math.max(1, all / 20);
