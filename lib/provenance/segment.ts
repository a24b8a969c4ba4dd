import type { Origin } from '@/lib/protocol/decision';
import type { Offsets } from './offsets';
import type { Via } from './rewrite';
import { mark } from './signature';

/** An event whose text was seen. `rank`: the higher, the less trusted. */
export type Source = { readonly seq: number; readonly origin: Origin; readonly rank: number };
/** One reading of a source's text, folded. */
export type KeptText = { readonly source: Source; readonly text: string; readonly steps: readonly Offsets[]; readonly via: Via | undefined };
type Part = { text: KeptText; start: number; end: number };

/** What is looked for at once is no longer than this: so far blocks overlap. */
export const LONGEST_LOOK = 48;
const BLOCKS = 32;
const MOST_PARTS = 64;
/** Small sessions are most: the first segments of each are small ones. */
const SIZES = [{ block: 256, shift: 21 }, { block: 1_024, shift: 19 }] as const;
const FULL_SIZE = { block: 4_096, shift: 17 } as const;

/**
 * A stretch of what a session has seen, in 32 blocks. `rows` has a word for each hash, and in it a bit for each block: set where a gram
 * or short word of that hash stands in the block. So a few words ANDed say which blocks can hold a text, and only they are looked at.
 */
export class Segment {
  readonly rows: Uint32Array;
  /** The same for long grams, half as many. */
  readonly longRows: Uint32Array;
  private readonly blockSize: number;
  private readonly shift: number;
  private readonly blocks: Part[][] = [[]];
  private room: number;
  /** What it counts for: kept by whoever fills it. */
  weight = 0;

  constructor(nth: number) {
    const { block, shift } = SIZES[nth] ?? FULL_SIZE;
    this.blockSize = block;
    this.shift = shift;
    this.room = block;
    this.rows = new Uint32Array(1 << (32 - shift));
    this.longRows = new Uint32Array(1 << (31 - shift));
  }

  /** Takes as much of the text from there on as it has room for; returns up to where. */
  take(text: KeptText, from: number): number {
    let start = from;
    while (start < text.text.length) {
      if (this.room === 0 || this.blocks.at(-1)!.length >= MOST_PARTS) {
        if (this.blocks.length === BLOCKS) return start;
        this.blocks.push([]);
        this.room = this.blockSize;
      }
      const end = Math.min(text.text.length, start + this.room);
      this.blocks.at(-1)!.push({ text, start, end });
      mark(this.rows, this.longRows, this.shift, 1 << (this.blocks.length - 1), text.text, start, Math.min(text.text.length, end + LONGEST_LOOK - 1));
      this.room -= end - start;
      start = end;
    }
    return start;
  }

  get full(): boolean { return this.blocks.length === BLOCKS && (this.room === 0 || this.blocks.at(-1)!.length >= MOST_PARTS); }

  /** The blocks, as bits, that may hold a text with these hashes. */
  mayHold(hashes: Int32Array, from: number, to: number): number { return holding(this.rows, this.shift, hashes, from, to); }

  /** The same for the long grams of a text, and what may hold it with `more` characters on one side or the other, or some on both, as far as there are any. */
  mayHoldLonger(grams: Int32Array, longGrams: Int32Array, from: number, to: number, toLong: number, more: number): number {
    // Most stand nowhere, and their long grams say so first.
    const seed = holding(this.longRows, this.shift + 1, longGrams, from, toLong);
    const long = seed === 0 ? 0 : extended(this.longRows, this.shift + 1, longGrams, from, toLong, more, seed);
    const both = long === 0 ? 0 : long & holding(this.rows, this.shift, grams, from, to);
    return both === 0 ? 0 : extended(this.rows, this.shift, grams, from, to, more, both);
  }

  /** The texts of a block, each with its stretch. */
  partsOf(block: number): readonly Part[] { return this.blocks[block]!; }
}

/** Those far from each other are looked at first, as they say most together. */
function holding(rows: Uint32Array, shift: number, hashes: Int32Array, from: number, to: number): number {
  const middle = (from + to) >> 1;
  let bits = rows[hashes[from]! >>> shift]! & rows[hashes[to - 1]! >>> shift]! & rows[hashes[middle]! >>> shift]!;
  for (let i = from + 1; bits !== 0 && i < to - 1; i++) bits &= rows[hashes[i]! >>> shift]!;
  return bits;
}

/** Of these blocks those that may hold `more` grams before it or after it, or some of both. */
function extended(rows: Uint32Array, shift: number, hashes: Int32Array, from: number, to: number, more: number, seed: number): number {
  const least = Math.max(0, to + more - hashes.length);
  let left = -1;
  let found = 0;
  for (let before = 0; before <= more && before <= from && left !== 0; before++) {
    if (before > 0) left &= rows[hashes[from - before]! >>> shift]!;
    if (before < least) continue;
    let bits = seed & left & ~found;
    for (let i = to; bits !== 0 && i < to + more - before; i++) bits &= rows[hashes[i]! >>> shift]!;
    found |= bits;
  }
  return found;
}
