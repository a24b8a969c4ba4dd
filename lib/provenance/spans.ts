import type { Span } from './offsets';

export const lengthOf = ([start, end]: Span): number => end - start;

/** The same places, without overlaps, in their order. */
export function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

const SIGN = /[\p{L}\p{N}]/u;

/** Whether no letter or digit of the text stands outside these spans. */
export function covers(text: string, spans: readonly Span[]): boolean {
  let from = 0;
  for (const [start, end] of joined(spans)) {
    if (SIGN.test(text.slice(from, start))) return false;
    from = end;
  }
  return !SIGN.test(text.slice(from));
}
