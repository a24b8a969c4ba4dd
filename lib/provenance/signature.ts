import { isSign } from './ordinary';

/** Every so many characters in a row of a text are one gram. */
export const GRAM = 6;
/** So many are a long one: words that are in every text have the grams of many others, and hardly ever their long ones. */
export const LONG_GRAM = 12;
const LONGEST_WORD = 7;
const SHORTEST_WORD = 4;
const BASE = 0x01000193;
const OUTGOING = power(BASE, GRAM);
const OUTGOING_LONG = power(BASE, LONG_GRAM);

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}

/** A polynomial's low bits say little of its first characters, so all are mixed before the high ones are taken. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return Math.imul(once ^ (once >>> 12), 0x297a2d39);
}

/** The hash of the gram at each place of a text. */
export const gramsOf = (text: string): Int32Array => hashesOf(text, GRAM, OUTGOING);

/** The hash of the long gram at each place of a text. */
export const longGramsOf = (text: string): Int32Array => hashesOf(text, LONG_GRAM, OUTGOING_LONG);

function hashesOf(text: string, length: number, outgoing: number): Int32Array {
  const count = text.length - length + 1;
  if (count <= 0) return new Int32Array(0);
  const grams = new Int32Array(count);
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
    if (i >= length) hash = (hash - Math.imul(text.charCodeAt(i - length), outgoing)) | 0;
    if (i >= length - 1) grams[i - length + 1] = mixed(hash);
  }
  return grams;
}

/** The hashes of the words of four to seven characters in a text, from those that have no whole gram. */
export function wordsOf(text: string): Int32Array {
  const words: number[] = [];
  for (let i = 0, word = 0, length = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 32;
    if (isSign(code)) {
      word = Math.imul((length === 0 ? 0x811c9dc5 : word) ^ code, BASE);
      length += 1;
    } else {
      if (length >= SHORTEST_WORD && length <= LONGEST_WORD) words.push(mixed(word + length));
      length = 0;
    }
  }
  return Int32Array.from(words);
}

/** Sets `bit` in the rows of every gram and short word of a stretch of text, and in those of every long gram, which are half as many. */
export function mark(rows: Uint32Array, longRows: Uint32Array, shift: number, bit: number, text: string, start: number, end: number): void {
  let hash = 0;
  let long = 0;
  let word = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    hash = (Math.imul(hash, BASE) + code) | 0;
    if (i >= start + GRAM) hash = (hash - Math.imul(text.charCodeAt(i - GRAM), OUTGOING)) | 0;
    if (i >= start + GRAM - 1) rows[mixed(hash) >>> shift]! |= bit;
    long = (Math.imul(long, BASE) + code) | 0;
    if (i >= start + LONG_GRAM) long = (long - Math.imul(text.charCodeAt(i - LONG_GRAM), OUTGOING_LONG)) | 0;
    if (i >= start + LONG_GRAM - 1) longRows[mixed(long) >>> (shift + 1)]! |= bit;
    if (isSign(code)) {
      word = Math.imul((length === 0 ? 0x811c9dc5 : word) ^ code, BASE);
      length += 1;
    } else if (length > 0) {
      if (length >= SHORTEST_WORD && length <= LONGEST_WORD) rows[mixed(word + length) >>> shift]! |= bit;
      length = 0;
    }
  }
  if (length >= SHORTEST_WORD && length <= LONGEST_WORD) rows[mixed(word + length) >>> shift]! |= bit;
}
