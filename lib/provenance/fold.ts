import { OffsetsBuilder, type Offsets } from './offsets';

export type Folded = { readonly text: string; readonly offsets: Offsets | undefined };

/** Characters that nobody sees: zero-width, soft hyphens, marks of direction, fillers, variation selectors. */
export const INVISIBLE = '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0';
const SPACES = '\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
/** White space of more than one character, what is invisible, and what is not ASCII with the letter that it may belong to. */
const SPECIAL = new RegExp(`[\\s${INVISIBLE}]{2,}|[${INVISIBLE}]|(?:[A-Za-z]?[^\\x00-\\x7f${SPACES}${INVISIBLE}]+){1,64}`, 'g');
const BLANK = new RegExp(`^[\\s${INVISIBLE}]+$`);
const REAL_SPACE = /[^\S\ufeff]/;
/** Invisible ones beyond the first plane: variation selectors and tags. */
const BEYOND = /[\u{e0000}-\u{e0fff}]/gu;
const PORTION = /[\s\S]{1,24}\p{M}{0,16}/gu;
/** A text with more of them is taken as it stands from there on. */
const MOST_SPECIAL = 40_000;
const QUOTES: Readonly<Record<string, string>> = { '‘': "'", '’': "'", '‚': "'", '‛': "'", '′': "'", '“': '"', '”': '"', '„': '"', '‟': '"', '«': '"', '»': '"', '″': '"', '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-' };
const TYPOGRAPHIC = /[‘’‚‛′“”„‟«»″‐‑‒–—―−]/g;

/**
 * The text as it is compared: NFKC, lower case, one kind of quotation mark and dash, white space as single spaces, nothing
 * invisible. Linear. Where a character stood is known but for what changed its length.
 */
export function fold(text: string): Folded {
  const offsets = new OffsetsBuilder();
  const parts: string[] = [];
  let from = 0;
  const plain = (to: number) => {
    if (to <= from) return;
    parts.push(text.slice(from, to).toLowerCase().replace(/\s/g, ' '));
    offsets.add(to - from, from, to);
  };
  SPECIAL.lastIndex = 0;
  for (let match = SPECIAL.exec(text), left = MOST_SPECIAL; match !== null && left > 0; match = SPECIAL.exec(text), left--) {
    const [run] = match;
    plain(match.index);
    from = match.index + run.length;
    // Most such runs are line ends and indents, and are told without asking further.
    const first = run.charCodeAt(0);
    const spaced = first === 32 || (first >= 9 && first <= 13);
    if (!spaced && !BLANK.test(run)) foldRun(run, match.index, parts, offsets);
    else if (run.length > 1 && (spaced || REAL_SPACE.test(run))) {
      parts.push(' ');
      offsets.add(1, match.index, from);
    }
  }
  plain(text.length);
  return { text: parts.length === 1 ? parts[0]! : parts.join(''), offsets: offsets.done() };
}

function foldRun(run: string, index: number, parts: string[], offsets: OffsetsBuilder): void {
  const whole = foldPiece(run);
  if (whole.length === run.length) {
    parts.push(whole);
    offsets.add(run.length, index, index + run.length);
    return;
  }
  for (const { 0: portion, index: at } of run.matchAll(PORTION)) {
    const folded = foldPiece(portion);
    parts.push(folded);
    offsets.add(folded.length, index + at, index + at + portion.length);
  }
}

/** NFKC makes eighteen characters of one of these. */
const LONG = /[\ufdfa\ufdfb]/g;
const RARE = /[\ufdfa\ufdfb\udb40-\udb43]/;

const foldPiece = (piece: string): string =>
  (RARE.test(piece) ? piece.replace(BEYOND, '').replace(LONG, '\u0635') : piece).normalize('NFKC').toLowerCase().replace(TYPOGRAPHIC, (mark) => QUOTES[mark]!).replace(/\s/g, ' ');
