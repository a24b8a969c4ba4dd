import { z } from 'zod';
import { heldSchema, seenValuesSchema } from './arguments/schema';

/** What a session adds up to; each is compared with the same figure of the agent's earlier sessions. Sizes are bytes, costs ten-thousandths of a currency unit. */
export const figureNames = ['calls', 'denied', 'perMinute', 'sent', 'read', 'said', 'records', 'tokens', 'costE4', 'seconds'] as const;
export type FigureName = (typeof figureNames)[number];
export type Figures = Record<FigureName, number>;

/** A summary never grows beyond this, whatever an agent does. */
export const mostKept = { tools: 128, fieldsPerTool: 16, fields: 1_024, domainsPerField: 256, domains: 4_096, movesPerTool: 64, kindsPerField: 8 } as const;
export const mostPerSession = { tools: 64, fieldsPerTool: 16, fields: 256, domainsPerField: 64, domains: 512, moves: 256, sample: 16 } as const;

/** Sessions that a baseline is learned from, at most and at least; and how old they may be. What an agent did before no longer says what is usual. */
export const WINDOW = { sessions: 200, days: 30, least: 5 } as const;

const count = z.number().int().min(0);
const figures = z.object(Object.fromEntries(figureNames.map((name) => [name, z.number()])) as Record<FigureName, z.ZodNumber>);

/** One closed session, as far as a baseline is made of it. */
export const sessionSummarySchema = z.object({
  format: z.literal(1),
  openedAt: z.string(),
  endedAt: z.string(),
  figures,
  tools: z.record(z.string(), z.object({
    calls: count,
    sizes: z.array(z.number()),
    fields: z.record(z.string(), z.object({ n: count, kinds: z.array(z.string()), numbers: z.array(z.number()), domains: z.array(z.string()), moreDomains: count, values: seenValuesSchema.optional() })),
    moreFields: z.boolean(),
  })),
  moreTools: count,
  /** How often which tool came after which; '' is the beginning. */
  moves: z.record(z.string(), z.record(z.string(), count)),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

/** Median, median absolute deviation, and the range in which all but the outermost hundredths lie. */
export const spreadSchema = z.object({ n: count, median: z.number(), mad: z.number().min(0), low: z.number(), high: z.number() });
export type Spread = z.infer<typeof spreadSchema>;

const fieldSchema = z.object({
  n: count,
  kinds: z.array(z.string()),
  number: spreadSchema.optional(),
  /** By domain, in how many sessions; `seen` is the sum over all, those that found no room (`more`) included. */
  domains: z.record(z.string(), count),
  seen: count,
  once: count,
  more: count,
  held: heldSchema.optional(),
});

/** What is usual for one agent. */
export const baselineSchema = z.object({
  format: z.literal(1),
  sessions: count,
  calls: count,
  from: z.string(),
  to: z.string(),
  figures: z.object(Object.fromEntries(figureNames.map((name) => [name, spreadSchema])) as Record<FigureName, typeof spreadSchema>),
  tools: z.record(z.string(), z.object({ calls: count, sessions: count, perSession: spreadSchema, size: spreadSchema, fields: z.record(z.string(), fieldSchema), moreFields: z.boolean() })),
  moreTools: count,
  moves: z.record(z.string(), z.object({ n: count, next: z.record(z.string(), count) })),
});
export type Baseline = z.infer<typeof baselineSchema>;
export type BaselineField = z.infer<typeof fieldSchema>;

export const reasonKinds = [
  'first_seen_destination', 'first_seen_tool', 'unusual_count', 'unusual_rate', 'unusual_size', 'unusual_number', 'unusual_volume', 'unusual_denials', 'unusual_tool_count',
  'unusual_records', 'unusual_cost', 'unusual_tokens', 'unusual_output', 'unusual_duration', 'unusual_order', 'unusual_shape',
] as const;
export type ReasonKind = (typeof reasonKinds)[number];

/** What was said of a call when it was decided; kept with it, so that the card shows later what was known then. */
export const behaviourViewSchema = z.object({
  /** Null: nothing to compare with; `why` says whether too little was learned or it could not be read. */
  history: z.object({ sessions: count, calls: count, days: count }).nullable(),
  why: z.enum(['too_few', 'unavailable']).optional(),
  score: count,
  reasons: z.array(z.object({ kind: z.string(), points: count, sentence: z.string() })),
  /** What single arguments have not held before, by JSON Pointer. */
  arguments: z.array(z.object({ path: z.string(), sentence: z.string() })).optional(),
});
export type BehaviourView = z.infer<typeof behaviourViewSchema>;
