import { disguisesOf, type Disguise } from './disguises';

/** Where the canary is, as exactly as can be said; `disguise` is `exact` when it stands there as it is. */
export type Leak = { disguise: string; start: number; end: number };

/** So many characters of the random part in a row are no accident: 48 bits. */
const enough = 12;
/** Pieces of this length are looked for first; a stretch of `enough` characters holds at least one that begins at a multiple of it. */
const block = 6;

let last: { canary: string; plain: string; disguises: Disguise[] } | undefined;
function preparedFor(canary: string) {
  if (last?.canary !== canary) last = { canary, plain: canary.toLowerCase().replace(/[^a-z0-9]+/g, ''), disguises: disguisesOf(canary) };
  return last;
}

/** Looks for a session's canary in a text: as it is, in other case, spaced, split, or encoded in the common ways. */
export function findCanary(text: string, canary: string): Leak | undefined {
  if (canary === '') return undefined;
  const exact = text.indexOf(canary);
  if (exact >= 0) return { disguise: 'exact', start: exact, end: exact + canary.length };
  const { plain, disguises } = preparedFor(canary);
  if (plain.length < 2 * enough) return undefined;
  const { squeezed, base64 } = squeezedFrom(text);
  for (const { name, squeezed: inSqueezed, form } of disguises) {
    if (!inSqueezed) {
      if (base64.includes(form)) return placed(text, name, base64.indexOf(form), form.length, /[A-Za-z0-9+/_-]/);
    } else if (name === 'plain' || name === 'reversed' || name === 'rotated') {
      const stretch = stretchOf(squeezed, form);
      if (stretch) return placed(text, name === 'plain' ? 'rewritten' : name, stretch[0], stretch[1] - stretch[0], /[A-Za-z0-9]/);
    } else if (squeezed.includes(form)) {
      return placed(text, name, squeezed.indexOf(form), form.length, /[A-Za-z0-9]/);
    }
  }
  return inPieces(squeezed, plain) ? { disguise: 'split', start: 0, end: text.length } : undefined;
}

/** By code: the lower-case letter or digit, and the character of base64, that it is read as; 0 where it is none. */
const asLetter = new Uint8Array(128);
const asBase64 = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z0-9]/.test(character)) asLetter[code] = character.toLowerCase().charCodeAt(0);
  if (/[A-Za-z0-9+/_-]/.test(character)) asBase64[code] = character === '-' ? 43 : character === '_' ? 47 : code;
}
let letters = Buffer.alloc(0);
let sixtyFour = Buffer.alloc(0);

/** The letters and digits of a text alone, in lower case, and what base64 is written with. Full-width and other compatibility forms become plain ones; positions are worked out afterwards, and only on a hit. */
function squeezedFrom(text: string): { squeezed: string; base64: string } {
  if (letters.length < text.length) { letters = Buffer.alloc(text.length); sixtyFour = Buffer.alloc(text.length); }
  let end = 0;
  let end64 = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) {
      const folded = text.normalize('NFKC');
      return { squeezed: folded.toLowerCase().replace(/[^a-z0-9]+/g, ''), base64: folded.replace(/[^A-Za-z0-9+/_-]+/g, '').replaceAll('-', '+').replaceAll('_', '/') };
    }
    if (asLetter[code] !== 0) letters[end++] = asLetter[code]!;
    if (asBase64[code] !== 0) sixtyFour[end64++] = asBase64[code]!;
  }
  return { squeezed: letters.toString('latin1', 0, end), base64: sixtyFour.toString('latin1', 0, end64) };
}

/** The first stretch of at least `enough` characters of the form in the text; the mark before the random part is too common to count. */
function stretchOf(text: string, form: string): [start: number, end: number] | undefined {
  for (let from = 0; from + block <= form.length; from += block) {
    const piece = form.slice(from, from + block);
    for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) {
      let start = at;
      let end = at + block;
      for (let i = from - 1; i >= 0 && start > 0 && text[start - 1] === form[i]; i--) start -= 1;
      for (let i = from + block; i < form.length && end < text.length && text[end] === form[i]; i++) end += 1;
      if (end - start >= enough) return [start, end];
    }
  }
  return undefined;
}

/** Whether the whole canary can be put together from pieces of at least six characters that come in its order, whatever stands between them. */
function inPieces(text: string, form: string): boolean {
  let at = 0;
  let from = 0;
  while (from < form.length) {
    const rest = form.length - from;
    const found = text.indexOf(form.slice(from, from + Math.min(block, rest)), at);
    if (found < 0) return false;
    let length = Math.min(block, rest);
    while (from + length < form.length && text[found + length] === form[from + length]) length += 1;
    // What is left must be long enough to be a piece of its own.
    if (rest - length > 0 && rest - length < block) length = rest - block;
    if (length < Math.min(block, rest)) return false;
    at = found + length;
    from += length;
  }
  return true;
}

/** A place among the kept characters as a place in the text. Where folding changed the text's length the whole of it is meant. */
function placed(text: string, disguise: string, from: number, length: number, kept: RegExp): Leak {
  if (text.normalize('NFKC').length !== text.length) return { disguise, start: 0, end: text.length };
  const folded = text.normalize('NFKC');
  let seen = 0;
  let start = 0;
  for (let i = 0; i < folded.length; i++) {
    if (!kept.test(folded[i]!)) continue;
    if (seen === from) start = i;
    seen += 1;
    if (seen === from + length) return { disguise, start, end: i + 1 };
  }
  return { disguise, start: 0, end: text.length };
}
