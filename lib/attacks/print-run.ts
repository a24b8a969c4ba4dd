import { inPercent, percent, totalOf } from './rules';
import { measures, type AttackClass, type Counts, type Share } from './schema';
import { wilson } from './wilson';

const heads: Record<(typeof measures)[number], string> = { stopped: 'stopped or asked', denied: 'of them denied', flagged: 'flagged', benignFlagged: 'benign flagged', benignDenied: 'benign denied', benignAsked: 'benign asked' };

/** The table for people: each share with its 95 % Wilson interval. */
export function runTable(counts: ReadonlyMap<AttackClass, Counts>): { head: string[]; rows: string[][] } {
  const row = (name: string, one: Counts) => [name, ...measures.map((measure) => withInterval(one[measure]))];
  return { head: ['class', ...measures.map((measure) => heads[measure])], rows: [...[...counts].map(([name, one]) => row(name, one)), ...(counts.size > 1 ? [row('all', totalOf(counts.values()))] : [])] };
}

function withInterval(share: Share): string {
  if (share.of === 0) return '-';
  const [low, high] = wilson(share);
  return `${percent(share)} [${inPercent(low).replace(' %', '')}–${inPercent(high)}]`;
}

/** The same for machines. */
export function runRows(counts: ReadonlyMap<AttackClass, Counts>): { name: string; value: number; unit: 'share'; hits: number; of: number; spread: [number, number] }[] {
  return [...counts, ...(counts.size > 1 ? [['all', totalOf(counts.values())] as const] : [])].flatMap(([name, one]) => measures.filter((measure) => one[measure].of > 0).map((measure) => {
    const [low, high] = wilson(one[measure]);
    return { name: `${name} · ${measure}`, value: Number((one[measure].hits / one[measure].of).toFixed(4)), unit: 'share' as const, hits: one[measure].hits, of: one[measure].of, spread: [Number(low.toFixed(4)), Number(high.toFixed(4))] as [number, number] };
  }));
}
