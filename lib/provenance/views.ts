import { decodeBlobs } from './decode-blobs';
import { decodeInline } from './decode-inline';
import { decodeQuery } from './decode-query';
import { decodeQuoted } from './decode-quoted';
import { fold } from './fold';
import { joinGroups } from './join-groups';
import type { Offsets } from './offsets';
import type { Rewritten, Via } from './rewrite';

/** A text as it can be read, folded, with the steps back to the text as it was given. */
/** `full`: it says all that the text does, and not only what was hidden in a part of it. */
export type View = { readonly text: string; readonly steps: readonly Offsets[]; readonly via: Via | undefined; readonly full: boolean };

const decoders: readonly ((text: string) => readonly Rewritten[])[] = [(text) => listOf(decodeInline(text)), (text) => listOf(decodeQuoted(text)), decodeQuery, decodeBlobs];
/** Encoded in the encoded in the encoded: nobody goes further by accident. */
const DEEPEST = 3;
const MOST = 12;
/** All readings together are at most so many times as long as the text. */
const MOST_LENGTH = 3;

/** Every reading of a text: as it stands, decoded (again), and its groups of digits without what stands between them. The first is the text as it stands. */
export function viewsOf(text: string): View[] {
  const read: { text: string; steps: readonly Offsets[]; via: Via | undefined; full: boolean; depth: number }[] = [{ text, steps: [], via: undefined, full: true, depth: 0 }];
  let length = text.length;
  for (const { text: one, steps, via, full, depth } of read) {
    if (depth >= DEEPEST) continue;
    for (const decoded of decoders.flatMap((decode) => decode(one))) {
      if (decoded.text.length < 4 || read.length >= MOST || length + decoded.text.length > MOST_LENGTH * text.length + 256) continue;
      if (read.some((other) => other.text === decoded.text)) continue;
      length += decoded.text.length;
      read.push({ text: decoded.text, steps: before(decoded, steps), via: via ?? decoded.via, full: full && rewriters.has(decoded.via), depth: depth + 1 });
    }
  }
  const views: View[] = [];
  for (const one of read) {
    const folded = fold(one.text);
    const steps = folded.offsets ? [folded.offsets, ...one.steps] : one.steps;
    views.push({ text: folded.text, steps, via: one.via, full: one.full });
    const joined = joinGroups(folded.text);
    if (joined) views.push({ text: joined.text, steps: before(joined, steps), via: 'separators', full: one.depth === 0 && !folded.offsets && joinsAll(folded.text, joined.text) });
  }
  return views;
}

/** What replaces what it decodes and leaves the rest as it is. */
const rewriters: ReadonlySet<Via> = new Set(['entities', 'escapes', 'quoted-printable']);

const joinsAll = (folded: string, joined: string): boolean => folded.replace(/[^\p{L}\p{N}]/gu, '') === joined.replaceAll('\n', '');

const listOf = (decoded: Rewritten | undefined): Rewritten[] => (decoded ? [decoded] : []);

const before = ({ offsets }: Rewritten, steps: readonly Offsets[]): readonly Offsets[] => (offsets ? [offsets, ...steps] : steps);
