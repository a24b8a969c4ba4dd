export type Span = readonly [start: number, end: number];
export type Piece = { text: string; untrusted: boolean };

/** Cuts a stretch of a value into pieces that are untrusted or not. Spans may overlap, be unordered or reach outside. */
export function markSpans(text: string, spans: readonly Span[], from = 0, to = text.length): Piece[] {
  const inside = spans
    .map(([start, end]): [number, number] => [Math.max(from, start), Math.min(to, end)])
    .filter(([start, end]) => end > start)
    .sort((a, b) => a[0] - b[0]);
  const pieces: Piece[] = [];
  let at = from;
  for (const [start, end] of inside) {
    if (end <= at) continue;
    if (start > at) pieces.push({ text: text.slice(at, start), untrusted: false });
    pieces.push({ text: text.slice(Math.max(start, at), end), untrusted: true });
    at = end;
  }
  if (at < to) pieces.push({ text: text.slice(at, to), untrusted: false });
  return pieces;
}
