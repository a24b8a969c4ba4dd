import { z } from 'zod';
import { attackClasses } from '@/lib/attacks/schema';
import { inspectionSchema } from '@/lib/inspect/schema';
import { moneySchema } from '@/lib/protocol/primitives';
import { registryToolSchema } from '@/lib/protocol/registry';
import { alertRulesSchema, usualAlertRules } from './alert-rules';
import { constrainedSchema } from './constrained-mode';

export { alertActs, alertSeverities, usualAlertRules, type AlertAct, type AlertRule, type AlertSeverity } from './alert-rules';
export { usualConstrained, type ConstrainedMode, type LookedAt, type Measure } from './constrained-mode';

const minute = 60_000;
const day = 24 * 60 * minute;
const nameSchema = z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower case letters, digits, "_" or "-"');

/** A domain as it is compared: lower case, punycoded, no leading or trailing dot. */
export const domainSchema = z.string().min(1).max(253).regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/, 'must be a domain in lower case, e.g. "example.org"');

export const riskLevels = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof riskLevels)[number];

const quorumSchema = z.int().min(1).max(10);
const emailSchema = z.email('must be a person’s e-mail address').max(254).regex(/^[^A-Z]*$/, 'must be in lower case');

/** Who must agree: that many people of a role, of a team, one person by their e-mail address, or that many of those who are on call at the moment. */
export const approverGroupSchema = z.union([
  z.strictObject({ role: nameSchema, quorum: quorumSchema }),
  z.strictObject({ team: nameSchema, quorum: quorumSchema }),
  z.strictObject({ person: emailSchema, quorum: z.literal(1) }),
  z.strictObject({ onCall: nameSchema, quorum: quorumSchema }),
]);
export type ApproverGroup = z.infer<typeof approverGroupSchema>;

/** By name; the channels themselves are kept where they are set up, with their secrets. */
const notifySchema = z.array(nameSchema).max(8);

/**
 * Who may decide as well from a moment on, in the place of those before: its groups alone are then enough. Without `afterMs` the tiers
 * divide the second half of the time to decide evenly: one begins at its half, the second of two at three quarters.
 */
const escalationTierSchema = z.strictObject({
  afterMs: z.int().min(1_000).max(30 * day).optional(),
  groups: z.array(approverGroupSchema).min(1).max(8),
  notify: notifySchema.optional(),
});
export type RouteTier = z.infer<typeof escalationTierSchema>;

/** How a person is asked. Times are milliseconds. `escalateAfterMs` and `escalateTo` are an older way to say a single tier. */
export const routeSchema = z.strictObject({
  description: z.string().max(300).optional(),
  groups: z.array(approverGroupSchema).min(1).max(8),
  decideByMs: z.int().min(5_000).max(30 * day),
  escalateAfterMs: z.int().min(1_000).max(30 * day).optional(),
  escalateTo: z.array(approverGroupSchema).max(8).optional(),
  escalation: z.array(escalationTierSchema).max(5).optional(),
  /** Which channels carry the first asking; each tier names its own. */
  notify: notifySchema.optional(),
  useByMs: z.int().min(5_000).max(30 * day),
  stepUp: z.boolean(),
  /** What is taken for a step-up; a passkey alone where it is not said, and always where the risk is critical. */
  stepUpBy: z.enum(['passkey', 'passkey_or_totp']).optional(),
  reasonRequired: z.boolean(),
  ownerCounts: z.boolean(),
  risk: z.enum(riskLevels),
});
export type Route = z.infer<typeof routeSchema>;

/** Over which calls a limit of a tool or a class counts; within one session unless said. */
const acrossSchema = z.enum(['session', 'agent', 'everybody']);
const limitTargetSchema = z.discriminatedUnion('per', [
  z.strictObject({ per: z.literal('session') }),
  z.strictObject({ per: z.literal('agent') }),
  z.strictObject({ per: z.literal('principal') }),
  z.strictObject({ per: z.literal('tool'), name: z.string().min(1).max(128), across: acrossSchema.optional() }),
  z.strictObject({ per: z.literal('class'), name: nameSchema, across: acrossSchema.optional() }),
]);

/**
 * A ceiling. Tool and class limits count within one session unless `across` says otherwise; agent and principal limits over all sessions of
 * theirs, and over all gateways, by Postgres. A rate over several sessions counts in each gateway by itself; calls at once, records and time
 * count within a session always.
 */
export const limitSchema = z.strictObject({
  on: limitTargetSchema,
  callsPerMinute: z.strictObject({ rate: z.int().min(1).max(1_000_000), burst: z.int().min(1).max(1_000_000) }).optional(),
  callsPerSession: z.int().min(1).max(100_000_000).optional(),
  callsPerDay: z.int().min(1).max(100_000_000).optional(),
  costPerSession: moneySchema.optional(),
  costPerDay: moneySchema.optional(),
  maxConcurrent: z.int().min(1).max(100_000).optional(),
  /** Records in results, and what the agent says that it wants. */
  rowsPerSession: z.int().min(1).max(1e12).optional(),
  /** How long calls ran in all, by the gateway's clock or the agent's word, whichever is more. */
  durationPerSessionMs: z.int().min(1).max(30 * day).optional(),
  /** After so many failures of a tool within a time an agent leaves it alone for another time; then one call may try. */
  breaker: z.strictObject({ failures: z.int().min(1).max(1_000), withinMs: z.int().min(1_000).max(day), openMs: z.int().min(1_000).max(day) }).optional(),
});
export type Limit = z.infer<typeof limitSchema>;

const rate = z.number().min(0).max(1);
const thresholdsOf = (recall: { stopped: number; flagged: number }, falsePositives: { denied: number; asked: number; flagged: number }) => z.strictObject({
  minRecall: z.strictObject({ stopped: rate.default(recall.stopped), flagged: rate.default(recall.flagged) }).default(recall),
  maxFalsePositives: z.strictObject({ denied: rate.default(falsePositives.denied), asked: rate.default(falsePositives.asked), flagged: rate.default(falsePositives.flagged) }).default(falsePositives),
});
// A class has a dozen cases, of which an interval is wide; all of them together are held to more.
const ofAClass = thresholdsOf({ stopped: 0.6, flagged: 0 }, { denied: 0.3, asked: 0.45, flagged: 0.45 });
const ofAll = thresholdsOf({ stopped: 0.9, flagged: 0.12 }, { denied: 0.05, asked: 0.1, flagged: 0.16 });
export type AttackThresholds = z.output<typeof ofAClass>;

/** What the attack suite must prove, with 95 % confidence: recall is compared by its interval's lower bound, false positives by the upper one. */
export const attackSuiteSchema = z.strictObject({
  each: ofAClass.default(ofAClass.parse({})),
  all: ofAll.default(ofAll.parse({})),
  /** Classes that are held to something else than each is. */
  classes: z.partialRecord(z.enum(attackClasses), ofAClass).default({}),
});
export type AttackSuite = z.output<typeof attackSuiteSchema>;
export const defaultAttackSuite: AttackSuite = attackSuiteSchema.parse({});

const policyIdSchema = z.string().min(1).max(128).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower case letters, digits, ".", "_" or "-"');

/** A rule: one Cedar policy with its annotations. */
export const policySchema = z.strictObject({ text: z.string().min(1).max(20_000) });

const floodSchema = z.strictObject({ asksPerMinute: z.int().min(5).max(1_000_000).default(120) });

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
  /** Which findings call a person. */
  alerts: alertRulesSchema.default(usualAlertRules),
  /** By a detector's id: from which score on what it sees flags a text, from which it keeps it from everybody, or that it is off. */
  inspection: inspectionSchema.optional(),
  /** What makes a session constrained, and which tools it is left with; the defaults where nothing is said. */
  constrained: constrainedSchema.optional(),
  settings: z
    .strictObject({
      /** An agent with more open questions than this waits until people have caught up. */
      maxOpenApprovalsPerSession: z.int().min(1).max(1_000).default(20),
      /** An agent that asks people more often than this within a minute, over all its sessions, is paused: nobody weighs so many. */
      flood: floodSchema.prefault({}),
      /** Refuse agents that only ask, without a proxy or tool server that enforces. */
      requireEnforced: z.boolean().default(false),
      /** How long a chain of steps may be in a plan, and how often a step may be tried again. */
      plans: z.strictObject({ maxDepth: z.int().min(1).max(256).default(32), maxRetries: z.int().min(0).max(100).default(5) }).prefault({}),
    })
    .prefault({}),
  attackSuite: attackSuiteSchema.optional(),
});
export type Bundle = z.infer<typeof bundleSchema>;
export type BundleInput = z.input<typeof bundleSchema>;

/** What holds before there is a bundle. */
export const usualFlood = floodSchema.parse({});

/** What names a bundle in every decision. */
export type PolicyVersion = { version: string; sequence: number; sha256: string };

/** A tier of a question that was asked: milliseconds after the asking from which its groups may decide, and which channels carry it. */
export type AskedTier = { afterMs: number; groups: ApproverGroup[]; notify: string[] };

/** What the approval room needs to ask: every matching route, merged to the strictest. */
export type Obligation = Omit<Route, 'description' | 'escalateAfterMs' | 'escalateTo' | 'escalation' | 'notify'> & {
  routes: readonly string[];
  escalation: AskedTier[];
  notify: string[];
};
