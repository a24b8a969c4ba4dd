import { findAssignments } from './find-assignments';
import { findShapes } from './find-shapes';

/** A secret in a text: what kind of, in words that may stand in its place, where (the end exclusive), and how sure from 0 to 1. A sample as documentation prints it has 0.2. */
export type Secret = { label: string; start: number; end: number; score: number };

/** Every secret in a text, in their order, none within another. `mostNames` bounds how many names are judged, for who must answer in time and need not find all. */
export function findSecrets(text: string, mostNames?: number): Secret[] {
  const found = [...findShapes(text), ...findAssignments(text, mostNames)];
  if (found.length < 2) return found;
  // What is known by its build says more than the name it is assigned to, so of two at one place the surer counts; the sort is stable.
  found.sort((a, b) => a.start - b.start || b.score - a.score);
  const kept: Secret[] = [];
  for (const one of found) {
    const before = kept.at(-1);
    if (!before || one.start >= before.end) kept.push(one);
    else if (one.score > before.score && one.end >= before.end) kept[kept.length - 1] = { ...one, start: before.start };
    else if (one.end > before.end) before.end = one.end;
  }
  return kept;
}

/** A label as a finding's kind: `AWS key` is `aws_key`. */
export const kindOf = (label: string): string => label.toLowerCase().replace(/[^a-z0-9]+/g, '_');
