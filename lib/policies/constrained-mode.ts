import { z } from 'zod';
import { severities } from '@/lib/protocol/decision';

const nameSchema = z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower case letters, digits, ".", "_" or "-"');

/** Where the gate looks at a text before it is read, or before it leaves. */
export const lookedAt = ['input', 'result', 'output'] as const;
export type LookedAt = (typeof lookedAt)[number];

/** What becomes of a call that the rules allow; what they ask or deny can only become stricter. */
export const measures = ['allow', 'ask', 'deny'] as const;
export type Measure = (typeof measures)[number];
const measureSchema = z.enum(measures);

/** Everything that a condition says holds for one finding, and for the text that it was found in. */
const whenSchema = z.strictObject({
  /** In an input, a tool's result or an output; in any of them where it is not said. */
  in: z.array(z.enum(lookedAt)).min(1).max(lookedAt.length).optional(),
  /** What the detectors said of the whole text; `flagged` holds for a blocked one too. */
  verdict: z.enum(['flagged', 'blocked']).optional(),
  detectors: z.array(nameSchema).min(1).max(50).optional(),
  kinds: z.array(nameSchema).min(1).max(100).optional(),
  minSeverity: z.enum(severities).optional(),
  /** A finding without a score is beyond doubt. */
  minScore: z.number().min(0).max(1).optional(),
});

/** When a session becomes constrained, and what it is left with from then on. */
export const constrainedSchema = z.strictObject({
  /** One of them is enough; none at all, and only an alert rule constrains. */
  when: z.array(whenSchema).max(50).default([{ detectors: ['injection'], minSeverity: 'medium' }, { detectors: ['canary'] }]),
  /** By a tool's name, before everything else. */
  tools: z.record(z.string().min(1).max(128), measureSchema).default({}),
  /** By a class of tools; of a tool's classes that are named here the strictest counts. */
  classes: z.record(nameSchema, measureSchema).default({ 'code-execution': 'deny', financial: 'deny', destructive: 'deny', 'external-communication': 'ask' }),
  /** A tool that only reads, of which nothing else is said. */
  readOnly: measureSchema.default('allow'),
  /** Every other tool. */
  others: measureSchema.default('ask'),
  /** How people are asked, beside the routes of the rules. Unless said, the least grave of the bundle's routes of high risk. */
  route: nameSchema.optional(),
});
export type ConstrainedMode = z.output<typeof constrainedSchema>;

/** What a bundle means that says nothing of it. */
export const usualConstrained: ConstrainedMode = constrainedSchema.parse({});
