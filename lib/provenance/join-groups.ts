import { isDate } from './ordinary';
import { OffsetsBuilder } from './offsets';
import type { Rewritten } from './rewrite';

/** An account number in groups of at most four, and digits with whatever people put between them. */
const GROUPS = /\b(?=[a-z]{0,2}\d)[a-z0-9]{2,4}(?:[ -][a-z0-9]{1,4}){2,11}\b/g;
const DIGITS = /[+(]?\d[\d ().,'/-]{3,40}\d/g;
/** Fewer digits are in everything. */
const LEAST_DIGITS = 5;
const MOST_GROUPS = 4_000;

/** Account numbers, telephone numbers and amounts of a folded text without spaces, dots and dashes, one a line; undefined where none has any. */
export function joinGroups(folded: string): Rewritten | undefined {
  const parts: string[] = [];
  const offsets = new OffsetsBuilder();
  for (const { text, start, end } of groupsOf(folded)) {
    parts.push(text, '\n');
    offsets.add(text.length, start, end);
    offsets.add(1, end, end);
  }
  return parts.length === 0 ? undefined : { text: parts.join(''), offsets: offsets.done(), via: 'separators' };
}

type Group = { text: string; start: number; end: number };

function groupsOf(folded: string): Group[] {
  const found: Group[] = [];
  const add = (match: string, start: number) => {
    if (found.length >= MOST_GROUPS) return;
    // Short words after the last group that has digits belong to the sentence.
    const used = match.replace(/(?:[ -][a-z]{1,4})+$/, '');
    const text = used.replace(/[^a-z0-9]/g, '');
    const digits = text.replace(/[^0-9]/g, '').length;
    if (text.length < used.length && digits >= LEAST_DIGITS && digits * 3 >= text.length * 2 && !isDate(used)) found.push({ text, start, end: start + used.length });
  };
  for (const match of folded.matchAll(GROUPS)) if (/[a-z]/.test(match[0])) add(match[0], match.index);
  for (const match of folded.matchAll(DIGITS)) add(match[0], match.index);
  return found;
}
