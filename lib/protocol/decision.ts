import { z } from 'zod';
import { argsSchema } from './primitives';

export const decisionCodes = [
  'policy.permit', 'policy.forbid', 'policy.no_match', 'policy.error', 'capability.missing', 'schema.invalid', 'tool.unknown',
  'budget.exceeded', 'inspect.blocked', 'provenance.blocked', 'plan.refused', 'session.not_open', 'switch.engaged',
  'approval.pending', 'approval.granted', 'approval.denied', 'approval.expired', 'approval.cancelled',
] as const;
export type DecisionCode = (typeof decisionCodes)[number];

export const origins = ['operator', 'user', 'tool', 'document', 'memory', 'agent', 'model'] as const;
export type Origin = (typeof origins)[number];

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const findingSchema = z.object({
  detector: z.string(),
  kind: z.string(),
  severity: z.enum(severities),
  path: z.string().optional(),
  span: z.tuple([z.number(), z.number()]).optional(),
  /** How sure the detector was, from 0 to 1, and which version of it. */
  score: z.number().optional(),
  version: z.number().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

const spanSchema = z.tuple([z.number(), z.number()]);

/**
 * JSON Pointer of an argument → the least trusted source of its text, and the others. `span`: where it stands in the source's text; `at`: in the
 * argument, where only a part of it came from there; `via`: how it was recognised where it is written otherwise; `parts`: what the argument was
 * put together from.
 */
export const provenanceSchema = z.record(
  z.string(),
  z.object({
    origin: z.enum(origins),
    seq: z.number().optional(),
    span: spanSchema.optional(),
    at: spanSchema.optional(),
    via: z.string().optional(),
    also: z.array(z.object({ origin: z.enum(origins), seq: z.number(), span: spanSchema.optional() })),
    parts: z.array(z.object({ origin: z.enum(origins), seq: z.number(), span: spanSchema, at: spanSchema })).optional(),
  }),
);
export type Provenance = z.infer<typeof provenanceSchema>;

export const ruleHitSchema = z.object({ id: z.string(), effect: z.enum(['permit', 'forbid', 'ask']) });
export type RuleHit = z.infer<typeof ruleHitSchema>;

/** What the gate answers. A client treats any code or verdict that it does not know as deny. */
export const decisionSchema = z.object({
  actionId: z.string(),
  requestId: z.string(),
  digest: z.string(),
  decision: z.enum(['allow', 'deny', 'ask']),
  code: z.enum(decisionCodes),
  reason: z.string(),
  rules: z.array(ruleHitSchema),
  policyVersion: z.string(),
  findings: z.array(findingSchema),
  provenance: provenanceSchema,
  permit: z.string().optional(),
  permitExpiresAt: z.string().optional(),
  args: argsSchema.optional(),
  approval: z
    .object({
      id: z.string(),
      decideBy: z.string(),
      expectedWaitMs: z.object({ p50: z.number(), p90: z.number() }).nullable(),
    })
    .optional(),
});
export type Decision = z.infer<typeof decisionSchema>;
