/**
 * What one look at each character of a text says of what could be encoded in it, so that the regular expressions for it are asked only where
 * there is something. `base64`: runs of at least 24 of its characters.
 */
export type Glance = { base64: [start: number, end: number][]; hex: boolean; spaced: boolean; leet: number; rot13: number; reversed: number; plain: number };

const BASE64 = 1;
const HEX = 2;
const LETTER = 4;
const WORD = 8;
/** Digits and signs that stand for letters. */
const LEET = 16;
/** What stands between letters that are written apart. */
const APART = 32;
/** What stands between bytes in hexadecimal digits. */
const BETWEEN = 64;
const kinds = new Uint8Array(128);
for (const [characters, kind] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', BASE64 | LETTER | WORD], ['0123456789', BASE64 | WORD], ['+/_-', BASE64], ['abcdefABCDEF0123456789', HEX], ['_', WORD], ['013457@$', LEET], [' .*_-', APART], [' :,', BETWEEN],
] as const) for (const character of characters) kinds[character.charCodeAt(0)]! |= kind;

const LEAST_BASE64 = 24;
const LEAST_HEX = 32;
const LEAST_SPACED = 9;
const FAR = 4;

const ROT13 = 1;
const REVERSED = 2;
const PLAIN = 4;
/** Small words of English, written with each letter thirteen further, backwards and as they are: two to four letters, packed into one number. */
const small = new Map<number, number>();
for (const [words, kind] of [
  ['gur naq bs gb lbh sbe nyy guvf jvgu lbhe abg vf ner', ROT13], ['eht dna uoy rof lla siht htiw ruoy ton morf taht', REVERSED], ['the and of to you for all this with your not is are', PLAIN],
] as const) for (const word of words.split(' ')) small.set([...word].reduce((key, letter) => (key << 8) | letter.charCodeAt(0), 0), kind);

export function glanceAt(text: string): Glance {
  const glance: Glance = { base64: [], hex: false, spaced: false, leet: 0, rot13: 0, reversed: 0, plain: 0 };
  let encoded = 0;
  let digits = 0;
  let before = 0;
  let letters = 0;
  let apart = FAR;
  let word = 0;
  let length = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0;
    // Any other letter is as good as one of ours where letters stand apart.
    const kind = code < 128 ? kinds[code]! : LETTER;
    if ((kind & BASE64) !== 0) encoded++;
    else {
      if (encoded >= LEAST_BASE64) glance.base64.push([at - encoded, at]);
      encoded = 0;
    }

    if ((kind & HEX) !== 0) { if (++digits >= LEAST_HEX) glance.hex = true; }
    else if ((kind & BETWEEN) === 0 || (before & BETWEEN) !== 0) digits = 0;

    // Of a pair of code units the second is no letter more.
    if (code >= 0xdc00 && code <= 0xdfff) apart = 0;
    else if ((kind & LETTER) !== 0) {
      letters = apart > 0 && apart < FAR ? letters + 1 : 1;
      apart = 0;
      if (letters >= LEAST_SPACED) glance.spaced = true;
      if (code < 128 && (before & LEET) !== 0) glance.leet++;
    } else if ((kind & APART) === 0) apart = FAR;
    else if (apart < FAR) apart++;

    if ((kind & WORD) !== 0) {
      word = (word << 8) | code | 32;
      length++;
    } else if (length > 0) {
      const known = length >= 2 && length <= 4 ? small.get(word) : undefined;
      if (known === ROT13) glance.rot13++;
      else if (known === REVERSED) glance.reversed++;
      else if (known === PLAIN) glance.plain++;
      word = length = 0;
    }
    before = kind;
  }
  return glance;
}
