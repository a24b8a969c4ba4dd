import type { ArgumentView } from '@/components/ui/argument-viewer';
import type { ProvenanceView } from '@/components/ui/provenance-line';
import type { Provenance } from '@/lib/protocol/decision';
import { untrustedSpans } from './untrusted-spans';

export type Sources = Readonly<Record<number, { label: string; text?: string }>>;
type Leaf = { path: string; name: string; text: string };

/** More leaves than these are shown as one value: a page of ten thousand rows is read by nobody. */
const MOST_LEAVES = 60;
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The arguments as the gate decoded them, leaf by leaf, each with its source. `order`: the tool's own order of its arguments. */
export function argumentViews(args: Readonly<Record<string, unknown>>, provenance: Provenance, tainted: ReadonlySet<string>, sources: Sources, order: readonly string[] = []): ArgumentView[] {
  const keys = [...order.filter((key) => Object.hasOwn(args, key)), ...Object.keys(args).filter((key) => !order.includes(key))];
  const leaves = keys.flatMap((key) => leavesOf(args[key], `/${escaped(key)}`, key));
  const shown = leaves.length <= MOST_LEAVES ? leaves : keys.map((key) => ({ path: `/${escaped(key)}`, name: key, text: typeof args[key] === 'string' ? args[key] : JSON.stringify(args[key], null, 2) }));
  return shown.map((leaf) => view(leaf, provenance, tainted, sources));
}

function leavesOf(value: unknown, path: string, name: string): Leaf[] {
  if (typeof value === 'string') return [{ path, name, text: value }];
  if (isMoney(value)) return [{ path, name, text: `${value.currency} ${value.amount}` }];
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => leavesOf(item, `${path}/${index}`, value.length === 1 ? name : `${name} ${index + 1}`));
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}/${escaped(key)}`, `${name}.${key}`));
  return [{ path, name, text: JSON.stringify(value) ?? '' }];
}

const isMoney = (value: unknown): value is { amount: string; currency: string } =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 2 && typeof (value as Record<string, unknown>).amount === 'string' && typeof (value as Record<string, unknown>).currency === 'string';

function view(leaf: Leaf, provenance: Provenance, tainted: ReadonlySet<string>, sources: Sources): ArgumentView {
  // A value that was put together from several leaves is as untrusted as its worst one.
  const inside = Object.keys(provenance).filter((path) => path === leaf.path || path.startsWith(`${leaf.path}/`));
  const worst = inside.find((path) => tainted.has(path)) ?? inside[0];
  if (worst === undefined) return leaf;
  const from = provenance[worst]!;
  const untrusted = tainted.has(worst);
  // A person's own words beside an untrusted source take nothing of it back, and mark nothing either.
  const texts = untrustedSeqs(from).map((seq) => sources[seq]?.text);
  return {
    ...leaf, provenance: provenanceOf(from, untrusted, sources),
    ...(untrusted ? { untrusted: untrustedSpans(leaf.text, texts) } : {}),
  };
}

/** The events whose untrusted text is in an argument. */
export const untrustedSeqs = (from: Provenance[string]): number[] => [
  ...(from.seq === undefined ? [] : [from.seq]),
  ...from.also.filter(({ origin }) => origin !== 'user' && origin !== 'operator' && origin !== 'model').map(({ seq }) => seq),
];

function provenanceOf(from: Provenance[string], untrusted: boolean, sources: Sources): ProvenanceView {
  const more = from.also.length;
  const note = more > 0 ? { note: `also in ${more} other ${more === 1 ? 'text' : 'texts'}` } : {};
  if (from.seq === undefined) return { source: 'the model', trust: 'model' };
  const source = sources[from.seq]?.label ?? `event ${from.seq}`;
  const trust = untrusted ? 'untrusted' : from.origin === 'user' || from.origin === 'operator' ? 'person' : from.origin === 'model' ? 'model' : 'ours';
  return { source, trust, step: from.seq, ...note };
}
