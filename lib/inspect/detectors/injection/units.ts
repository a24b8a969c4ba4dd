/** A sentence, a line or the value of a field: the piece of text that an instruction is looked for in. `data`: it stands in a record. */
export type Unit = { start: number; end: number; data: boolean; code: boolean };

const LONGEST = 480;
const SHORTEST = 4;
/** Where one piece ends: line ends (also written out, as in JSON), sentence ends, and what separates the fields of a record. */
const END = /\\n|[\n\r|]|[.!?](?=["'”»)\]*\s]|\\n|$)|[。！？؟।]|["'”]\s{0,4}[,:}\]]|[{[,:]\s{0,4}["']|<\/?[a-zA-Z!]|-->/g;
const FENCE = /^\s{0,3}(?:```|~~~)/;

/** Cuts a text into its pieces, in order. What is longer than a sentence can be is cut at blanks. */
export function unitsOf(text: string, field = false): Unit[] {
  const units: Unit[] = [];
  const record = field || looksLikeRecord(text);
  let from = 0;
  let fenced = false;
  const take = (start: number, end: number) => {
    while (end - start > LONGEST) {
      const blank = text.lastIndexOf(' ', start + LONGEST);
      const cut = blank > start + LONGEST / 2 ? blank : start + LONGEST;
      push(start, cut);
      start = cut;
    }
    push(start, end);
  };
  const push = (start: number, end: number) => {
    if (end - start < SHORTEST) return;
    if (FENCE.test(text.slice(start, Math.min(end, start + 8)))) { fenced = !fenced; return; }
    units.push({ start, end, data: record, code: fenced });
  };
  for (const match of text.matchAll(END)) {
    const to = match.index + (match[0].length === 1 && /[.!?。！？؟।]/.test(match[0]) ? 1 : 0);
    take(from, to);
    from = match.index + match[0].length;
  }
  take(from, text.length);
  return units;
}

/** JSON, a Python dictionary, or fields with a bar between. */
export function looksLikeRecord(text: string): boolean {
  return /^["'\s]{0,4}[{[]\s{0,40}["'{[]/.test(text) || /^[A-Z][A-Z _]{2,30}:[^|\n]{1,200}\|/.test(text);
}
