import { isPair, JOINER, kindAt, kindOfUnit, LETTER, MARK, NUMBER, UNDERSCORE, UNSPACED } from '../../characters';
import { categories, bit, type Lexicon } from './categories';
import { spaced, unspaced } from './lexicon';
import { functionWords } from './lexicon/function-words';

/** The languages of `spaced`, in the order of a meaning's masks. */
export const languages = Object.keys(spaced) as (keyof typeof spaced)[];
const ENGLISH = languages.indexOf('en');

/** What a word means: in each language a mask of categories, and in which languages it is a small word. */
type Meaning = { masks: Int32Array; small: number };

const exact = new Map<string, Meaning>();
const stems = new Map<string, Int32Array>();
/** Of languages without blanks: what is looked for anywhere, by its text, and by its first character how long the longest is that begins so. */
const anywhere = new Map<string, number>();
const longestFrom = new Map<number, number>();

for (const [index, name] of languages.entries()) {
  fill(spaced[name], (word, mask) => {
    if (!word.endsWith('*')) { meaningOf(word).masks[index]! |= mask; return; }
    const stem = word.slice(0, -1);
    const masks = stems.get(stem) ?? stems.set(stem, new Int32Array(languages.length)).get(stem)!;
    masks[index]! |= mask;
  });
  for (const word of functionWords[name].split(' ')) meaningOf(word).small |= 1 << index;
}
for (const lexicon of Object.values(unspaced)) {
  fill(lexicon, (word, mask) => {
    anywhere.set(word, (anywhere.get(word) ?? 0) | mask);
    longestFrom.set(word.charCodeAt(0), Math.max(longestFrom.get(word.charCodeAt(0)) ?? 0, word.length));
  });
}

function fill(lexicon: Lexicon, take: (word: string, mask: number) => void): void {
  for (const name of categories) for (const word of (lexicon[name] ?? '').split(' ')) if (word !== '') take(word, bit[name]);
}

function meaningOf(word: string): Meaning {
  return exact.get(word) ?? exact.set(word, { masks: new Int32Array(languages.length), small: 0 }).get(word)!;
}

/** How a word is written. */
export const CASED = 1;
export const CAPITALS = 2;
export const MIXED = 4;
/** With letters that none of the languages with Latin ones writes: they say themselves which language it is in. */
const FOREIGN = 8;

/** What is known of a word: `all` is what it means in any language. */
export type Known = { text: string; masks: Int32Array | undefined; all: number; small: number; writing: number };
/** A word of a text, and where it stands in its piece. */
export type Word = { start: number; end: number; known: Known };
/** The words of a piece, how many ASCII digits are in it, and which of the characters that signs are made of. */
export type Scanned = { words: Word[]; digits: number; holds: number };

export const AT = 1;
export const COLON = 2;
export const SLASH = 4;
export const EXCLAMATION = 8;
export const QUESTION = 16;
export const QUOTE = 32;
const DIGIT = 64;
const held = new Uint8Array(128);
for (const [characters, sign] of [['@', AT], [':', COLON], ['/', SLASH], ['!', EXCLAMATION], ['?', QUESTION], ['"\'', QUOTE], ['0123456789', DIGIT]] as const) for (const one of characters) held[one.charCodeAt(0)] = sign;

const BEGINS = LETTER | NUMBER | UNDERSCORE;
const ENDS = BEGINS | MARK;
const GOES_ON = ENDS | JOINER;
// Bounded: a word of a hundred thousand letters is a hundred thousand letters of nothing that is known.
const LONGEST_WORD = 64;
const SHORTEST_STEM = 2;
const LONGEST_STEM = 14;
const CLITIC = /^(?:وال|بال|فال|لل|ال|و|ف|ب|ل)(?=.{2})/;

/** The words of a piece of text; offsets count from its beginning. Writing without blanks gives one word for each thing that is known. */
export function scan(text: string): Scanned {
  const to = text.length;
  const words: Word[] = [];
  let digits = 0;
  let holds = 0;
  for (let at = 0; at < to;) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      const sign = held[code]!;
      if (sign === DIGIT) digits++;
      holds |= sign;
    } else holds |= QUOTE;
    let kind = code >= 0xd800 && code <= 0xdbff ? kindAt(text, at, to) : kindOfUnit(code);
    const start = at;
    at += isPair(text, at, to) ? 2 : 1;
    if ((kind & BEGINS) === 0) continue;
    let end = at;
    let isUnspaced = kind & UNSPACED;
    for (let length = 1; length < LONGEST_WORD && at < to; length++) {
      const next = text.charCodeAt(at);
      kind = next >= 0xd800 && next <= 0xdbff ? kindAt(text, at, to) : kindOfUnit(next);
      if ((kind & GOES_ON) === 0) break;
      if (next < 128) {
        const sign = held[next]!;
        if (sign === DIGIT) digits++;
        holds |= sign;
      } else holds |= QUOTE;
      isUnspaced |= kind & UNSPACED;
      at += isPair(text, at, to) ? 2 : 1;
      if ((kind & ENDS) !== 0) end = at;
    }
    // What joined nothing is read again, and begins no word; it was counted, which a set does not mind.
    at = end;
    const found = text.slice(start, end);
    if (isUnspaced !== 0) takeUnspaced(found, start, words);
    else words.push({ start, end, known: knownOf(found) });
  }
  return { words, digits, holds };
}

/** What was looked up lately: most words of a text come again. Never larger than this. */
const lately = new Map<string, Known>();
const MOST_REMEMBERED = 16_384;

function knownOf(found: string): Known {
  let known = lately.get(found);
  if (!known) {
    if (lately.size >= MOST_REMEMBERED) lately.clear();
    known = lookUp(found);
    lately.set(found, known);
  }
  return known;
}

function lookUp(found: string): Known {
  const text = found.toLowerCase().replaceAll('’', '\'');
  const known = exact.get(text);
  let masks = known?.masks;
  for (let length = Math.min(text.length, LONGEST_STEM); length >= SHORTEST_STEM; length--) {
    const more = stems.get(text.slice(0, length));
    if (more) masks = masks ? masks.map((mask, i) => mask | more[i]!) : more;
  }
  const writing = writingOf(found, text);
  // Arabic writes "and", "the", "with" and "for" in one with what follows.
  if (!masks && CLITIC.test(text)) return { ...lookUp(text.replace(CLITIC, '')), text, writing };
  return { text, masks, all: masks ? masks.reduce((all, mask) => all | mask, 0) : 0, small: known?.small ?? 0, writing };
}

function writingOf(found: string, text: string): number {
  return (/^\p{L}/u.test(found) ? CASED : 0) | (/^\p{Lu}[\p{Lu}'’-]{2,}$/u.test(found) ? CAPITALS : 0)
    | (/[a-z]/i.test(found) && /[\u0400-\u04ff\u0370-\u03ff]/.test(found) ? MIXED : 0) | (/[^\u0000-\u024f]/.test(text) ? FOREIGN : 0);
}

const knownAnywhere = new Map([...anywhere].map(([text, mask]): [string, Known] => [text, { text, masks: new Int32Array(languages.length).fill(mask), all: mask, small: 0, writing: writingOf(text, text) }]));

function takeUnspaced(found: string, start: number, words: Word[]): void {
  for (let i = 0; i < found.length;) {
    let length = Math.min(longestFrom.get(found.charCodeAt(i)) ?? 0, found.length - i);
    let known: Known | undefined;
    while (length > 0 && (known = knownAnywhere.get(found.slice(i, i + length))) === undefined) length--;
    if (known !== undefined) words.push({ start: start + i, end: start + i + length, known });
    i += Math.max(1, length);
  }
}

/**
 * What each word does, in the languages that the piece is in: English, and any other whose small words it holds more of. A word
 * of a record ("active", "reserve") is not read as an order in some other language.
 */
export function masksOf(words: readonly Word[]): Int32Array {
  const spoken = spokenIn(words);
  const masks = new Int32Array(words.length);
  for (let at = 0; at < words.length; at++) {
    const { known } = words[at]!;
    if (known.all === 0) continue;
    // Letters that no other of these languages writes say which it is.
    if ((known.writing & FOREIGN) !== 0) masks[at] = known.all;
    else if (spoken === 1 << ENGLISH) masks[at] = known.masks![ENGLISH]!;
    else for (let i = 0; i < languages.length; i++) if (spoken & (1 << i)) masks[at]! |= known.masks![i]!;
  }
  return masks;
}

const counted = new Int32Array(languages.length);
/** The languages that a piece is in, one bit each. */
function spokenIn(words: readonly Word[]): number {
  let any = 0;
  for (const { known } of words) any |= known.small;
  if ((any & ~(1 << ENGLISH)) === 0) return 1 << ENGLISH;
  counted.fill(0);
  for (const { known } of words) for (let small = known.small; small !== 0; small &= small - 1) counted[31 - Math.clz32(small & -small)]! += 1;
  const least = words.length <= 6 ? 1 : 2;
  let spoken = 1 << ENGLISH;
  for (let i = 0; i < languages.length; i++) if (counted[i]! >= least && counted[i]! > counted[ENGLISH]!) spoken |= 1 << i;
  return spoken;
}
