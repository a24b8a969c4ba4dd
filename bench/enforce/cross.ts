import type { Leeway } from '@/lib/policies';
import { mean } from '../report/wilson';

/** What a policy did to the calls of one source. */
export type Counts = { attacks: number; stopped: number; legit: number; denied: number; asked: number };
/** One way of generating, with what it did to every source. */
export type Tried = { name: string; counts: ReadonlyMap<string, Counts> };

/** Ways of asking less from none to all of them: what is chosen between when a source is left out. */
export const settings: [string, Leeway][] = [
  ['none', { ownWords: false, idleChanges: false, plainLookers: false, fieldLookers: false }],
  ['own words', { ownWords: true, idleChanges: false, plainLookers: false, fieldLookers: false }],
  ['own words, idle changes', { ownWords: true, idleChanges: true, plainLookers: false, fieldLookers: false }],
  ['without idle changes', { ownWords: true, idleChanges: false, plainLookers: true, fieldLookers: true }],
  ['without plain lookers', { ownWords: true, idleChanges: true, plainLookers: false, fieldLookers: true }],
  ['all', { ownWords: true, idleChanges: true, plainLookers: true, fieldLookers: true }],
];

export type Shares = { stopped: number | undefined; denied: number | undefined; asked: number | undefined };
const sharesOf = ({ attacks, stopped, legit, denied, asked }: Counts): Shares => ({
  stopped: attacks > 0 ? stopped / attacks : undefined, denied: legit > 0 ? denied / legit : undefined, asked: legit > 0 ? asked / legit : undefined,
});

/** Macro-averaged over some sources; a source without such calls says nothing. */
export function macroOf(counts: readonly Counts[]): Shares {
  const of = (key: keyof Shares) => { const known = counts.map((one) => sharesOf(one)[key]).filter((share) => share !== undefined); return known.length > 0 ? mean(known) : undefined; };
  return { stopped: of('stopped'), denied: of('denied'), asked: of('asked') };
}

/** For each source the way that is best on all the others, and what it does to the one that had no say in it. */
export function leaveOneOut(tried: readonly Tried[], sources: readonly string[]): { source: string; chosen: string; counts: Counts }[] {
  return sources.map((source) => {
    const others = sources.filter((one) => one !== source);
    const best = [...tried].sort((one, other) => compare(macroOf(others.map((at) => one.counts.get(at)!)), macroOf(others.map((at) => other.counts.get(at)!))))[0]!;
    return { source, chosen: best.name, counts: best.counts.get(source)! };
  });
}

/** Whoever keeps the aims of stopping and denying comes first, then who asks least; of those that do not, who stops most. */
function compare(one: Shares, other: Shares): number {
  const keeps = ({ stopped = 1, denied = 0 }: Shares) => stopped >= 0.98 && denied <= 0.03;
  if (keeps(one) !== keeps(other)) return keeps(one) ? -1 : 1;
  if (!keeps(one)) return (other.stopped ?? 1) - (one.stopped ?? 1);
  return (one.asked ?? 0) - (other.asked ?? 0);
}
