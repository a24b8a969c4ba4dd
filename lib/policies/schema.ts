import { z } from 'zod';
import { moneySchema } from '@/lib/protocol/primitives';
import { registryToolSchema } from '@/lib/protocol/registry';

const minute = 60_000;
const day = 24 * 60 * minute;
const nameSchema = z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower case letters, digits, "_" or "-"');

/** A domain as it is compared: lower case, punycoded, no leading or trailing dot. */
export const domainSchema = z.string().min(1).max(253).regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/, 'must be a domain in lower case, e.g. "example.org"');

export const riskLevels = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof riskLevels)[number];

/** Who must agree: that many people of a role, or of a team. */
export const approverGroupSchema = z.union([
  z.strictObject({ role: nameSchema, quorum: z.int().min(1).max(10) }),
  z.strictObject({ team: nameSchema, quorum: z.int().min(1).max(10) }),
]);
export type ApproverGroup = z.infer<typeof approverGroupSchema>;

/** How a person is asked. Times are milliseconds; `escalateAfterMs` defaults to half of the time to decide. */
export const routeSchema = z.strictObject({
  description: z.string().max(300).optional(),
  groups: z.array(approverGroupSchema).min(1).max(8),
  decideByMs: z.int().min(5_000).max(30 * day),
  escalateAfterMs: z.int().min(1_000).max(30 * day).optional(),
  escalateTo: z.array(approverGroupSchema).max(8).optional(),
  useByMs: z.int().min(5_000).max(30 * day),
  stepUp: z.boolean(),
  /** What is taken for a step-up; a passkey alone where it is not said, and always where the risk is critical. */
  stepUpBy: z.enum(['passkey', 'passkey_or_totp']).optional(),
  reasonRequired: z.boolean(),
  ownerCounts: z.boolean(),
  risk: z.enum(riskLevels),
});
export type Route = z.infer<typeof routeSchema>;

const limitTargetSchema = z.discriminatedUnion('per', [
  z.strictObject({ per: z.literal('session') }),
  z.strictObject({ per: z.literal('agent') }),
  z.strictObject({ per: z.literal('tool'), name: z.string().min(1).max(128) }),
  z.strictObject({ per: z.literal('class'), name: nameSchema }),
]);

/** A ceiling. Tool and class limits count within one session; agent limits over all sessions of the agent. */
export const limitSchema = z.strictObject({
  on: limitTargetSchema,
  callsPerMinute: z.strictObject({ rate: z.int().min(1).max(1_000_000), burst: z.int().min(1).max(1_000_000) }).optional(),
  callsPerSession: z.int().min(1).max(100_000_000).optional(),
  costPerSession: moneySchema.optional(),
  costPerDay: moneySchema.optional(),
  maxConcurrent: z.int().min(1).max(100_000).optional(),
});
export type Limit = z.infer<typeof limitSchema>;

const policyIdSchema = z.string().min(1).max(128).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower case letters, digits, ".", "_" or "-"');

/** A rule: one Cedar policy with its annotations. */
export const policySchema = z.strictObject({ text: z.string().min(1).max(20_000) });

/** Everything the gate decides by, as one signed document. */
export const bundleSchema = z.strictObject({
  format: z.literal(1),
  sequence: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  name: z.string().min(1).max(200),
  organisation: z.strictObject({ name: z.string().min(1).max(200), domains: z.array(domainSchema).min(1).max(500) }),
  policies: z.record(policyIdSchema, policySchema),
  tools: z.array(registryToolSchema).max(5_000),
  routes: z.record(nameSchema, routeSchema),
  limits: z.array(limitSchema).max(5_000),
  prices: z
    .strictObject({
      tools: z.record(z.string().max(128), moneySchema).default({}),
      models: z.record(z.string().max(200), z.strictObject({ perMillionInput: moneySchema, perMillionOutput: moneySchema })).default({}),
    })
    .optional(),
  settings: z
    .strictObject({
      /** An agent with more open questions than this waits until people have caught up. */
      maxOpenApprovalsPerSession: z.int().min(1).max(1_000).default(20),
      /** Refuse agents that only ask, without a proxy or tool server that enforces. */
      requireEnforced: z.boolean().default(false),
    })
    .default({ maxOpenApprovalsPerSession: 20, requireEnforced: false }),
});
export type Bundle = z.infer<typeof bundleSchema>;
export type BundleInput = z.input<typeof bundleSchema>;

/** What names a bundle in every decision. */
export type PolicyVersion = { version: string; sequence: number; sha256: string };

/** What the approval room needs to ask: every matching route, merged to the strictest. */
export type Obligation = Omit<Route, 'description' | 'escalateAfterMs' | 'escalateTo'> & {
  routes: readonly string[];
  escalateAfterMs: number;
  escalateTo: ApproverGroup[];
};
