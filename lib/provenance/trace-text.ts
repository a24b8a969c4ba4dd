import { fold } from './fold';
import { isOrdinary, isPlainWord, isSign, numberForms } from './ordinary';
import { spanThrough, type Span } from './offsets';
import { piecesOf, type Piece } from './pieces';
import type { Via } from './rewrite';
import { runsIn } from './runs';
import { isTrusted, type Hit, type SeenTexts } from './seen-texts';
import type { Source } from './segment';
import { covers } from './spans';
import { viewsOf, type View } from './views';
import type { Work } from './work';

/** A stretch of an argument that stands in what was seen: `span` in the source's text, `at` in the argument's. */
export type Match = { readonly source: Source; readonly span: Span; readonly at: Span; readonly via: Via | undefined };
/** `vouched`: one reading of the argument stands in texts of operator and user all through, and says all that the argument does. */
export type Traced = { readonly matches: readonly Match[]; readonly vouched: boolean };

/** A match as it stands in a reading. Of an address or link that was not seen as a whole, a part vouches for nothing. */
type Found = Match & { readonly inView: Span; readonly whole: boolean };

/** A word, or a part of an address, that so many sources use is nobody's. */
const COMMON = 4;
const LONGEST_REVERSED = 400;
const LONGEST_NAMED = 200;

/** Everything in one argument's text that stands in what was seen, under every reading of both. `named`: the tool itself names this value. */
export function traceText(text: string, seen: SeenTexts, work: Work, named: (folded: string) => boolean): Traced {
  const folded = text.length <= LONGEST_NAMED ? fold(text).text.trim() : '';
  if (folded !== '' && (isOrdinary(folded) || named(folded))) return traceOrdinary(folded, text.length, seen, work);
  const matches: Match[] = [];
  let vouched = false;
  for (const view of viewsOf(text)) {
    const found = matchView(view, text.length, seen, work);
    const vouching = found.filter((one) => one.whole && isTrusted(one.source));
    vouched ||= view.full && vouching.length > 0 && covers(view.text, vouching.map((one) => one.inView));
    for (const { source, span, at, via } of found) matches.push({ source, span, at, via });
  }
  return matches.length === 0 && text.length <= LONGEST_REVERSED ? { matches: reversedMatches(text, seen, work), vouched } : { matches, vouched };
}

/** What is in every text came from a person where one wrote it, and from nobody else. */
function traceOrdinary(folded: string, length: number, seen: SeenTexts, work: Work): Traced {
  const matches = seen.locate(folded, work, false).filter((hit) => isTrusted(hit.text.source)).map((hit) => matchOf(hit, folded.length, [0, length], undefined));
  return { matches, vouched: matches.length > 0 };
}

function matchView({ text: folded, steps, via }: View, longest: number, seen: SeenTexts, work: Work): Found[] {
  const found: Found[] = [];
  const note = (hit: Hit, length: number, inView: Span, whole: boolean) => {
    const [start, end] = spanThrough(steps, inView[0], inView[1]);
    found.push({ ...matchOf(hit, length, [Math.min(start, longest), Math.min(end, longest)], via), inView, whole });
  };
  const look = (piece: string, inView: Span, whole: boolean): boolean => {
    const located = whole ? seen.locate(piece, work) : seen.locate(piece, work, false);
    const hits = isOrdinary(piece) ? located.filter(({ text }) => isTrusted(text.source)) : whole && !isPlainWord(piece) ? located : uncommon(located);
    for (const hit of hits) note(hit, piece.length, inView, whole);
    // What only the model's own plan holds was not seen anywhere.
    return hits.some(({ text }) => text.source.origin !== 'model');
  };
  if (via === 'separators') {
    for (const { text, start } of lines(folded)) look(text, [start, start + text.length], true);
    return found;
  }
  const all = folded.trim();
  const lead = folded.length - folded.trimStart().length;
  const isFound = [...new Set([all, unquoted(all), coreOf(all), ...numberForms(all)])].map((form) => look(form, [lead, lead + all.length], true)).includes(true);
  for (const { text, at, start, end } of runsIn(folded, seen.segments, work)) note({ text, at }, end - start, [start, end], true);
  const walk = (pieces: readonly Piece[], whole: boolean): void => {
    for (const piece of pieces) {
      if (work.over) return;
      const seenSo = piece.text === all ? isFound : look(piece.text, [piece.start, piece.start + piece.text.length], whole || piece.text.includes('@'));
      if (!seenSo) walk(piece.parts, false);
    }
  };
  walk(piecesOf(folded), true);
  return found;
}

/** Written backwards, as a whole or in long runs; looked for where nothing else was found. */
function reversedMatches(text: string, seen: SeenTexts, work: Work): Match[] {
  const folded = fold([...text].reverse().join('')).text;
  const piece = folded.trim();
  if (piece.length < 8 || isPlainWord(piece)) return [];
  const all: Span = [0, text.length];
  return [
    ...seen.locate(piece, work).map((hit) => matchOf(hit, piece.length, all, 'reversed')),
    ...runsIn(folded, seen.segments, work).map((run) => matchOf(run, run.end - run.start, all, 'reversed')),
  ];
}

/** Of a word or part that a person used it is no matter who else did; one that many use came from none of them. */
function uncommon(hits: Hit[]): Hit[] {
  const trusted = hits.filter(({ text }) => isTrusted(text.source));
  return trusted.length > 0 ? trusted : hits.length > COMMON ? [] : hits;
}

function matchOf({ text, at }: Hit, length: number, place: Span, via: Via | undefined): Match {
  return { source: text.source, span: spanThrough(text.steps, at, at + length), at: place, via: via ?? text.via };
}

/** Without the quotation marks around it alone: a mark at its edge may be its own, and a short text says too little without it. */
function unquoted(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isQuote(text.charCodeAt(start))) start += 1;
  while (end > start && isQuote(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** `"`, `'`, `` ` ``, and what stands before them where they are quoted themselves. */
const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96 || code === 92 || code === 32;

/** Without the quotation marks, brackets and stops around it. */
function coreOf(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && !isSign(text.charCodeAt(start))) start += 1;
  while (end > start && !isSign(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function* lines(folded: string): Generator<{ text: string; start: number }> {
  let start = 0;
  for (const text of folded.split('\n')) {
    if (text !== '') yield { text, start };
    start += text.length + 1;
  }
}
