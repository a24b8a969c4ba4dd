import { z } from 'zod';

/** Bounds of what is kept of arguments' values. */
export const mostValues = { perSessionField: 8, perSession: 256, lengthsPerSession: 8, perField: 12, shapes: 2_048, words: 1_024 } as const;

const count = z.number().int().min(0);
export const loosenessSchema = z.union([z.literal(0), z.literal(1), z.literal(2)]);

/** What one session's values of one argument were like; everything is missing in what was learned before it was looked at. */
export const seenValuesSchema = z.object({
  lengths: z.array(z.number()),
  looseness: loosenessSchema,
  /** How often texts were built which way, and were of no way that is kept: long, secret, or one too many. */
  shapes: z.record(z.string(), count),
  moreShapes: count,
  /** How often which value stood there, of those that are one short harmless word, yes or no; and how often another. */
  words: z.record(z.string(), count),
  moreWords: count,
});
export type SeenValues = z.infer<typeof seenValuesSchema>;

/** Numbers on the scale of their orders of magnitude: `unit` is where that scale begins, `middle` and `away` are median and median absolute deviation on it; the others are values. */
export const magnitudeSchema = z.object({ n: count, unit: z.number().positive(), middle: z.number(), away: z.number().min(0), low: z.number(), high: z.number(), from: z.number(), to: z.number() });
export type Magnitude = z.infer<typeof magnitudeSchema>;

/** A few values that are all there ever were, the commonest first; `surprise` is how likely the next one is new. */
const closedSchema = z.object({ n: count, surprise: z.number().min(0), values: z.array(z.string()) });

/** What an argument has held: never the values themselves, but for a few short words. Absent where nothing can be said. */
export const heldSchema = z.object({
  number: magnitudeSchema.optional(),
  length: magnitudeSchema.optional(),
  shapes: closedSchema.extend({ looseness: loosenessSchema }).optional(),
  words: closedSchema.optional(),
});
export type Held = z.infer<typeof heldSchema>;
export type Closed = z.infer<typeof closedSchema>;
