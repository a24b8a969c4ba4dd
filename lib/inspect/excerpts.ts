/** A part of a text and where it begins in it. */
export type Excerpt = { text: string; at: number };

const WINDOWS = 8;

/**
 * What of a text is looked at when all of it would take too long: its head, its tail and windows between. Where the windows lie follows
 * from `salt`, which whoever wrote the text does not know. Gaps are what is left out, in UTF-16 units of the text.
 */
export function excerptsOf(text: string, most: number, salt: string): { excerpts: Excerpt[]; gaps: [start: number, end: number][] } {
  if (text.length <= most) return { excerpts: [{ text, at: 0 }], gaps: [] };
  const head = Math.ceil(most / 2);
  const tail = Math.floor(most / 4);
  const window = Math.floor((most - head - tail) / WINDOWS);
  const middle = text.length - head - tail;
  const stratum = Math.floor(middle / WINDOWS);
  const spans: [number, number][] = [[0, head]];
  let state = seed(salt, text.length);
  for (let i = 0; i < WINDOWS && window > 0 && stratum >= window; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
    const start = head + i * stratum + (state % (stratum - window + 1));
    spans.push([start, start + window]);
  }
  spans.push([text.length - tail, text.length]);
  const gaps: [number, number][] = [];
  for (let i = 1; i < spans.length; i++) if (spans[i]![0] > spans[i - 1]![1]) gaps.push([spans[i - 1]![1], spans[i]![0]]);
  return { excerpts: spans.map(([start, end]) => ({ text: text.slice(start, end), at: start })), gaps };
}

/** FNV-1a; the length goes in so that two texts of one session have windows of their own. */
function seed(salt: string, length: number): number {
  let state = 0x811c9dc5 ^ length;
  for (let i = 0; i < salt.length; i++) state = Math.imul(state ^ salt.charCodeAt(i), 0x01000193);
  return state >>> 0;
}
