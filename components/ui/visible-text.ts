import { codeName, isTag, tagLetter, unseenKind, unseenName, type UnseenKind } from './unseen-characters';
import { lookalikesIn } from './lookalikes';

/** A piece of text as a person may see it. Joined, the pieces account for every code point of the input. */
export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'unseen'; unseen: UnseenKind; label: string; name: string; count: number }
  | { kind: 'smuggled'; text: string; count: number }
  | { kind: 'lookalike'; text: string; name: string };

const pictograph = /\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}]|[\u{1F1E6}-\u{1F1FF}]/u;
const combining = /^\p{M}$/u;
/** More accents than this on one letter are drawn over the neighbours' lines, so the rest is counted instead. */
const mostAccents = 3;

/**
 * Splits text so that nothing in it stays hidden: characters without a shape, bidirectional controls, tag characters, piles of accents
 * and letters that imitate another alphabet's. Emoji sequences stay whole. Pure; never throws, lone surrogates included.
 */
export function segmentText(text: string): Segment[] {
  const points = Array.from(text);
  const lookalikes = lookalikesIn(points);
  const segments: Segment[] = [];
  let plain = '';
  let accents = 0;
  const flush = () => {
    if (plain) segments.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let index = 0; index < points.length; index += 1) {
    const character = points[index]!;
    const code = character.codePointAt(0)!;
    if (isTag(code)) {
      flush();
      addTag(segments, code);
      continue;
    }
    const unseen = belongsToEmoji(points, index) ? null : unseenKind(code);
    if (unseen) {
      flush();
      addUnseen(segments, code, unseen);
      if (code === 0x2028 || code === 0x2029) plain = '\n';
      continue;
    }
    accents = combining.test(character) ? accents + 1 : 0;
    if (accents > mostAccents) {
      flush();
      addPile(segments);
      continue;
    }
    const imitated = lookalikes.get(index);
    if (imitated) {
      flush();
      const last = segments.at(-1);
      if (last?.kind === 'lookalike' && last.name === imitated) last.text += character;
      else segments.push({ kind: 'lookalike', text: character, name: imitated });
      continue;
    }
    plain += character;
  }
  flush();
  return segments;
}

/** How many characters of the text cannot be seen as they are, ordinary unusual spaces left out. */
export function countUnseen(text: string): number {
  let count = 0;
  for (const segment of segmentText(text)) {
    if (segment.kind === 'smuggled' || (segment.kind === 'unseen' && segment.unseen !== 'space')) count += segment.count;
  }
  return count;
}

/** U+200D and U+FE0F hold emoji together (and a keycap's digit); between anything else they hide something. */
function belongsToEmoji(points: string[], index: number): boolean {
  const code = points[index]!.codePointAt(0)!;
  const before = points[index - 1] ?? '';
  const after = points[index + 1] ?? '';
  if (code === 0x200d) return (pictograph.test(before) || before === '\ufe0f') && pictograph.test(after);
  if (code === 0xfe0f) return pictograph.test(before) || (/^[0-9#*]$/.test(before) && after === '\u20e3');
  return false;
}

function addUnseen(segments: Segment[], code: number, unseen: UnseenKind) {
  const label = codeName(code);
  const last = segments.at(-1);
  if (last?.kind === 'unseen' && last.label === label) last.count += 1;
  else segments.push({ kind: 'unseen', unseen, label, name: unseenName(code, unseen), count: 1 });
}

function addTag(segments: Segment[], code: number) {
  const last = segments.at(-1);
  if (last?.kind === 'smuggled') {
    last.text += tagLetter(code);
    last.count += 1;
  } else segments.push({ kind: 'smuggled', text: tagLetter(code), count: 1 });
}

function addPile(segments: Segment[]) {
  const last = segments.at(-1);
  if (last?.kind === 'unseen' && last.label === 'accents') last.count += 1;
  else segments.push({ kind: 'unseen', unseen: 'invisible', label: 'accents', name: 'accents piled on one letter', count: 1 });
}
