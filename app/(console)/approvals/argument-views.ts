import type { ArgumentView } from '@/components/ui/argument-viewer';
import type { ProvenanceView } from '@/components/ui/provenance-line';
import type { Provenance } from '@/lib/protocol/decision';
import { escapeStep } from '@/lib/protocol/json-pointer';
import { untrustedSpans } from './untrusted-spans';

export type Sources = Readonly<Record<number, { label: string; text?: string }>>;
/** What else is known of the arguments: how single ones differ from what they have held, and whether they are shown as they were written, with no secret hidden in them. */
type Known = { unlike?: readonly { path: string; sentence: string }[]; asWritten?: boolean };
type Leaf = { path: string; name: string; text: string };

/** More leaves than these are shown as one value: a page of ten thousand rows is read by nobody. */
const MOST_LEAVES = 60;
const MOST_NAMED = 3;

/** The arguments as the gate decoded them, leaf by leaf, each with its source. `order`: the tool's own order of its arguments. */
export function argumentViews(args: Readonly<Record<string, unknown>>, provenance: Provenance, tainted: ReadonlySet<string>, sources: Sources, order: readonly string[] = [], known: Known = {}): ArgumentView[] {
  const keys = [...order.filter((key) => Object.hasOwn(args, key)), ...Object.keys(args).filter((key) => !order.includes(key))];
  const leaves = keys.flatMap((key) => leavesOf(args[key], `/${escapeStep(key)}`, key));
  const shown = leaves.length <= MOST_LEAVES ? leaves : [...keys.slice(0, MOST_LEAVES).map((key) => ({ path: `/${escapeStep(key)}`, name: key, text: asText(args[key]) })), ...together(args, keys.slice(MOST_LEAVES))];
  return shown.map((leaf) => view(leaf, provenance, tainted, sources, known));
}

/** Arguments beyond those that anybody reads one by one, as one value. */
const together = (args: Readonly<Record<string, unknown>>, keys: readonly string[]): Leaf[] =>
  keys.length === 0 ? [] : [{ path: '', name: `${keys.length.toLocaleString('en')} more`, text: asText(Object.fromEntries(keys.map((key) => [key, args[key]]))) }];

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function leavesOf(value: unknown, path: string, name: string): Leaf[] {
  if (typeof value === 'string') return [{ path, name, text: value }];
  if (isMoney(value)) return [{ path, name, text: `${value.currency} ${value.amount}` }];
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => leavesOf(item, `${path}/${index}`, value.length === 1 ? name : `${name} ${index + 1}`));
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}/${escapeStep(key)}`, `${name}.${key}`));
  return [{ path, name, text: JSON.stringify(value) ?? '' }];
}

const isMoney = (value: unknown): value is { amount: string; currency: string } =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 2 && typeof (value as Record<string, unknown>).amount === 'string' && typeof (value as Record<string, unknown>).currency === 'string';

function view(leaf: Leaf, provenance: Provenance, tainted: ReadonlySet<string>, sources: Sources, { unlike = [], asWritten = false }: Known): ArgumentView {
  const lines = unlike.filter(({ path }) => path === leaf.path || path.startsWith(`${leaf.path}/`)).map(({ sentence }) => sentence);
  const shown = lines.length > 0 ? { ...leaf, unlike: lines } : leaf;
  // A value that was put together from several leaves is as untrusted as its worst one.
  const inside = Object.keys(provenance).filter((path) => path === leaf.path || path.startsWith(`${leaf.path}/`));
  const worst = inside.find((path) => tainted.has(path)) ?? inside[0];
  if (worst === undefined) return shown;
  const from = provenance[worst]!;
  const untrusted = tainted.has(worst);
  // A person's own words beside an untrusted source take nothing of it back, and mark nothing either.
  const texts = untrustedSeqs(from).map((seq) => sources[seq]?.text);
  return {
    ...shown, provenance: provenanceOf(from, untrusted, sources),
    ...(untrusted ? { untrusted: untrustedSpans(leaf.text, texts, asWritten && worst === leaf.path ? placesOf(from) : []) } : {}),
  };
}

/** Where in the argument the gate found what is not to be trusted; nothing where it did not say so of every source. */
function placesOf({ seq, at, also, parts = [] }: Provenance[string]): [start: number, end: number][] {
  const placed = [...(seq !== undefined && at ? [{ seq, at }] : []), ...parts.filter(({ origin }) => isForeign(origin))];
  const foreign = [...(seq === undefined ? [] : [seq]), ...also.filter(({ origin }) => isForeign(origin)).map((one) => one.seq)];
  return foreign.every((one) => placed.some((other) => other.seq === one)) ? placed.map((one) => one.at) : [];
}

const isForeign = (origin: Provenance[string]['origin']) => origin !== 'user' && origin !== 'operator' && origin !== 'model';

/** The events whose untrusted text is in an argument. */
export const untrustedSeqs = (from: Provenance[string]): number[] => [
  ...(from.seq === undefined ? [] : [from.seq]),
  ...from.also.filter(({ origin }) => isForeign(origin)).map(({ seq }) => seq),
];

function provenanceOf(from: Provenance[string], untrusted: boolean, sources: Sources): ProvenanceView {
  const more = from.also.length;
  const joined = [...new Set((from.parts ?? []).map(({ seq }) => sources[seq]?.label ?? `event ${seq}`))];
  const notes = [
    joined.length > 1 ? `put together from ${joined.slice(0, MOST_NAMED).join(' and ')}${joined.length > MOST_NAMED ? ` and ${joined.length - MOST_NAMED} more` : ''}` : more > 0 ? `also in ${more} other ${more === 1 ? 'text' : 'texts'}` : undefined,
    from.via === undefined ? undefined : `rewritten (${from.via})`,
  ].filter((one) => one !== undefined);
  const note = notes.length > 0 ? { note: notes.join(', ') } : {};
  if (from.seq === undefined) return { source: 'the model', trust: 'model' };
  const source = sources[from.seq]?.label ?? `event ${from.seq}`;
  const trust = untrusted ? 'untrusted' : from.origin === 'user' || from.origin === 'operator' ? 'person' : from.origin === 'model' ? 'model' : 'ours';
  return { source, trust, step: from.seq, ...note };
}
