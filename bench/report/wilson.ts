import { wilson } from '@/lib/attacks/rules';

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const mean = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length);

/** "98.2 % (97.1–98.9)": a share and Wilson's 95 % interval of the rate behind it. */
export function shareWithInterval(hits: number, of: number): string {
  if (of === 0) return '–';
  const [low, high] = wilson({ hits, of });
  return `${percent(hits / of)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
}
