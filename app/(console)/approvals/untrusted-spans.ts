/** Sentences and lines shorter than this are in everything. */
const LEAST = 16;
const MOST_SPANS = 200;

/**
 * Which parts of an argument stand in the untrusted texts it came from. Where the parts cannot be told, as in a text that was
 * encoded or whose source was erased, all of it counts: too much marked is a glance more, too little a way in. `placed`: where the gate
 * itself found all of its sources, which stands in for that and is marked in any case.
 */
export function untrustedSpans(text: string, sources: readonly (string | undefined)[], placed: readonly (readonly [start: number, end: number])[] = []): [start: number, end: number][] {
  const folded = sources.flatMap((source) => (source === undefined ? [] : [fold(source)]));
  const marked = placed.map(([start, end]): [number, number] => [Math.max(0, start), Math.min(text.length, end)]).filter(([start, end]) => start < end);
  const whole: [number, number][] = text.length === 0 ? [] : [[0, text.length]];
  if (marked.length > 0 && has(folded, text)) return whole;
  const all = marked.length > 0 ? joined(marked.sort((a, b) => a[0] - b[0]), text) : whole;
  if (folded.length === 0 || folded.length < sources.length || has(folded, text)) return all;
  const spans: [number, number][] = [...marked];
  for (const [start, end] of pieces(text)) {
    if (spans.length >= MOST_SPANS) return whole;
    if (has(folded, text.slice(start, end))) spans.push([start, end]);
  }
  return spans.length === 0 ? all : joined(spans.sort((a, b) => a[0] - b[0]), text);
}

const fold = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
const has = (sources: readonly string[], piece: string) => {
  const wanted = fold(piece);
  return wanted.length > 0 && sources.some((source) => source.includes(wanted));
};

/** Addresses, and sentences or lines that say something. */
function pieces(text: string): [number, number][] {
  const found: [number, number][] = [];
  for (const match of text.matchAll(/[^\s<>"',;:]+@[^\s<>"',;]+/g)) found.push([match.index, match.index + match[0].length]);
  for (const match of text.matchAll(/[^\n.!?;]+[.!?;]*/g)) {
    const lead = match[0].length - match[0].trimStart().length;
    const start = match.index + lead;
    const end = start + match[0].trim().length;
    if (end - start >= LEAST) found.push([start, end]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** Neighbours with nothing but white space between them are one stretch. */
function joined(spans: readonly [number, number][], text: string): [number, number][] {
  const out: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = out.at(-1);
    if (last && (start <= last[1] || text.slice(last[1], start).trim() === '')) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}
