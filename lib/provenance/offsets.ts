/**
 * From which stretch of a text each stretch of what was made of it came: triples of where it begins in the new text, and where it
 * began and ended in the old one. A stretch as long as before maps character by character, any other only as a whole.
 */
export type Offsets = { readonly stretches: Int32Array; readonly length: number };
export type Span = [start: number, end: number];

/** More stretches than these are not told apart: what lies beyond is one. */
const MOST = 8_192;

export class OffsetsBuilder {
  private readonly list: number[] = [];
  length = 0;

  /** The next `length` characters of the new text came from the old one's `from` to `to`. */
  add(length: number, from: number, to: number): void {
    if (length === 0) return;
    const { list } = this;
    const last = list.length - 3;
    if (last >= 0) {
      const straight = list[last + 2]! - list[last + 1]! === this.length - list[last]!;
      if (last >= 3 * MOST || (straight && list[last + 2] === from && to - from === length)) {
        list[last + 2] = to;
        this.length += length;
        return;
      }
    }
    list.push(this.length, from, to);
    this.length += length;
  }

  /** Nothing where every character stands where it stood. */
  done(): Offsets | undefined {
    const { list, length } = this;
    if (list.length === 3 && list[1] === 0 && list[2] === length) return undefined;
    return { stretches: Int32Array.from(list), length };
  }
}

/** Where a span of the new text stood in the first one, through every step between, the last one first. */
export function spanThrough(steps: readonly Offsets[], start: number, end: number): Span {
  let span: Span = [start, end];
  for (const step of steps) span = spanIn(step, span[0], span[1]);
  return span;
}

function spanIn({ stretches, length }: Offsets, start: number, end: number): Span {
  if (stretches.length === 0) return [start, end];
  const first = at(stretches, start);
  const last = at(stretches, Math.max(start, end - 1));
  return [
    isStraight(stretches, length, first) ? stretches[first + 1]! + start - stretches[first]! : stretches[first + 1]!,
    isStraight(stretches, length, last) ? stretches[last + 1]! + end - stretches[last]! : stretches[last + 2]!,
  ];
}

function isStraight(stretches: Int32Array, length: number, i: number): boolean {
  return stretches[i + 2]! - stretches[i + 1]! === (stretches[i + 3] ?? length) - stretches[i]!;
}

/** The stretch that a character is in. */
function at(stretches: Int32Array, position: number): number {
  let low = 0;
  let high = stretches.length / 3 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stretches[middle * 3]! <= position) low = middle;
    else high = middle - 1;
  }
  return low * 3;
}
