import type { Provenance } from '@/lib/protocol/decision';
import { leavesOf, type Leaf } from './leaves';
import { isTrusted, type SeenTexts } from './seen-texts';
import type { Source } from './segment';
import { covers, joined, lengthOf } from './spans';
import { traceText, type Match, type Traced } from './trace-text';
import { Work } from './work';

type Entry = Provenance[string];

/** So much of an action's text is looked at, the shortest leaves first (characters). What is beyond counts as the model's. */
const MOST_TEXT = 48 * 1024;
const MOST_ALSO = 8;
const MOST_PARTS = 16;
const MOST_PARTS_OF_ALL = 64;

/**
 * For every leaf of an action's arguments, by JSON Pointer, whence it came: of all sources that hold it or a piece of it the least trusted, and
 * the others. Operator and user vouch only for what stands in their texts all through; what is left over is the model's. `ordinary`: values
 * that the tool itself names, folded: they come from whoever asked for one, or nobody. Pure; the same for the same texts in the same order.
 */
export function traceArguments(args: Record<string, unknown>, seen: SeenTexts, ordinary: ReadonlySet<string> = new Set()): Provenance {
  if (seen.empty) return {};
  const leaves = leavesOf(args);
  const entries = new Map<string, Entry>(leaves.map(({ pointer }) => [pointer, { origin: 'model', also: [] }]));
  const work = new Work();
  let text = MOST_TEXT;
  let parts = MOST_PARTS_OF_ALL;
  for (const leaf of [...leaves].sort((a, b) => a.text.length - b.text.length)) {
    const looked = leaf.text.slice(0, Math.max(0, text));
    text -= looked.length;
    work.spend(looked.length * 2);
    const traced = work.over ? NOTHING : traceText(looked, seen, work, (folded) => ordinary.has(folded));
    const entry = entryOf(leaf, traced, looked.length === leaf.text.length && !work.over, parts);
    parts -= entry.parts?.length ?? 0;
    entries.set(leaf.pointer, entry);
  }
  return Object.fromEntries(entries);
}

const NOTHING: Traced = { matches: [], vouched: false };
type Account = { source: Source; covered: number; best: Match };

function entryOf(leaf: Leaf, { matches, vouched }: Traced, complete: boolean, mostParts: number): Entry {
  const accounts = accountsOf(matches);
  const others = accounts.filter(({ source }) => source.origin !== 'model');
  const [first] = others;
  const known = first !== undefined && (!isTrusted(first.source) || (vouched && complete));
  const head = known ? first : accounts.find(({ source }) => source.origin === 'model');
  const also = others.filter((one) => one !== head).slice(0, MOST_ALSO).map(({ source, best }) => ({ origin: source.origin, seq: source.seq, span: best.span }));
  if (head === undefined) return { origin: 'model', also };
  const { source, best } = head;
  const parts = leaf.joined ? [] : partsOf(matches).slice(0, Math.max(0, Math.min(MOST_PARTS, mostParts)));
  return {
    origin: source.origin, seq: source.seq, span: best.span,
    ...(leaf.joined || covers(leaf.text, [best.at]) ? {} : { at: best.at }),
    ...(best.via ? { via: best.via } : {}),
    also,
    ...(parts.length > 1 ? { parts } : {}),
  };
}

/** By source: the least trusted first, of these the one that accounts for most, and the earliest. */
function accountsOf(matches: readonly Match[]): Account[] {
  const bySeq = new Map<number, Match[]>();
  for (const match of matches) {
    const before = bySeq.get(match.source.seq);
    if (before) before.push(match);
    else bySeq.set(match.source.seq, [match]);
  }
  return [...bySeq.values()].map((own) => {
    const best = own.reduce((a, b) => (lengthOf(b.at) > lengthOf(a.at) || (lengthOf(b.at) === lengthOf(a.at) && a.via !== undefined && b.via === undefined) ? b : a));
    return { source: best.source, covered: joined(own.map(({ at }) => at)).reduce((sum, span) => sum + lengthOf(span), 0), best };
  }).sort((a, b) => b.source.rank - a.source.rank || b.covered - a.covered || a.source.seq - b.source.seq);
}

/** The stretches that an argument was put together from, none within another; where two sources hold the same, the less trusted one. */
function partsOf(matches: readonly Match[]): NonNullable<Entry['parts']> {
  const kept: Match[] = [];
  for (const match of [...matches].sort((a, b) => b.source.rank - a.source.rank || lengthOf(b.at) - lengthOf(a.at) || a.source.seq - b.source.seq)) {
    if (kept.length < MOST_PARTS && !kept.some(({ at }) => at[0] <= match.at[0] && match.at[1] <= at[1])) kept.push(match);
  }
  return kept.sort((a, b) => a.at[0] - b.at[0]).map(({ source, span, at }) => ({ origin: source.origin, seq: source.seq, span, at }));
}
