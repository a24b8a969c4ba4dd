/** What a character is, one bit each. */
export const LETTER = 1;
export const MARK = 2;
export const NUMBER = 4;
/** Not to be seen, or not assigned. */
export const CONTROL = 8;
/** Of a writing without blanks. */
export const UNSPACED = 16;
export const UNDERSCORE = 32;
/** An apostrophe or a dash, as they stand within words. */
export const JOINER = 64;
const KNOWN = 128;

const letter = /\p{L}/u;
const mark = /\p{M}/u;
const number = /\p{N}/u;
const control = /\p{C}/u;
const unspaced = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]/;

/** By code unit, filled as they come: asking a regular expression about each character of a text takes longer than all else that is done with it. */
const table = new Uint8Array(0x1_0000);

/** The bits of a code unit; of half a pair, that it is none. */
export function kindOfUnit(code: number): number {
  const known = table[code]!;
  return known !== 0 ? known : (table[code] = KNOWN | kindOf(String.fromCharCode(code)));
}

/** The bits of the character that begins there, and ends before `end`; it is a pair of two code units where `isPair` says so. */
export function kindAt(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at);
  return isPair(text, at, end) ? kindOf(text.slice(at, at + 2)) : kindOfUnit(code);
}

export function isPair(text: string, at: number, end: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0xd800 || code > 0xdbff || at + 1 >= end) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

function kindOf(character: string): number {
  return (letter.test(character) ? LETTER : 0) | (mark.test(character) ? MARK : 0) | (number.test(character) ? NUMBER : 0) | (control.test(character) ? CONTROL : 0)
    | (unspaced.test(character) ? UNSPACED : 0) | (character === '_' ? UNDERSCORE : 0) | (character === '\'' || character === '’' || character === '-' ? JOINER : 0);
}

const inMailbox = new Set([...".!#$%&'*+=?^_{|}~-"].map((character) => character.charCodeAt(0)));

/** Whether a code unit may stand before the @ of a mail address. */
export const isOfMailbox = (code: number): boolean => (kindOfUnit(code) & (LETTER | NUMBER)) !== 0 || inMailbox.has(code);
