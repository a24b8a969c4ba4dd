/**
 * A kind of number that names a person. `pattern` finds candidates (global; what surrounds a number is checked apart), `valid`
 * judges the compact form. `alone` is how sure a valid one is without any word beside it: a checksum of one digit in ten
 * says little of a bare number, a long one says nearly all.
 */
export type IdRule = {
  kind: string;
  pattern: RegExp;
  valid?: (compact: string) => boolean;
  alone: number;
  /** With separators where they belong; the same as `alone` unless given. */
  formatted?: number;
  /** How much of a match belongs to the number, where its length follows from its beginning. */
  fit?: (match: string) => number;
  /** Words near it that say what it is, in lower case. */
  context: RegExp;
  /** Not looked at without such a word: its shape alone means nothing. */
  needsContext?: true;
  /** What it begins with, where its pattern does not say so with its first character. */
  begins?: 'either';
  /** Its separators are part of it, so `valid` gets them. */
  signs?: true;
  /** Looked for in the whole text: it has too few digits to be found by them. */
  whole?: true;
};
