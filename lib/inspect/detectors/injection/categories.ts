/**
 * What a word does in a sentence, whatever the language: the detector's weights are over these, so that what was learned of one
 * language holds in all that have a lexicon. Each is one bit of a word's mask; a word may do several things.
 */
export const categories = [
  'please', 'you', 'me', 'ai', 'prompt', 'override', 'prior', 'act', 'read', 'say', 'doc', 'must', 'not', 'covert', 'tell', 'urgent',
  'role', 'system', 'sensitive', 'user', 'tool', 'answer', 'without', 'new', 'free', 'test', 'and', 'exact',
] as const;
export type Category = (typeof categories)[number];

/** Words of one language by what they do, separated by blanks; `word*` stands for all that begin so. */
export type Lexicon = Partial<Record<Category, string>>;

export const bit = Object.fromEntries(categories.map((name, i) => [name, 1 << i])) as Record<Category, number>;

/** What can be told to do: a word of these at the beginning of a clause is an imperative. */
export const VERB = bit.act | bit.read | bit.say | bit.doc | bit.override;
