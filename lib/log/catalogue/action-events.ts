import { z } from 'zod';
import { assertionSchema, codeProofSchema } from './organisation-events';
import { sealedTextSchema } from './session-events';

const text = z.string();
const span = z.tuple([z.number(), z.number()]);
const findings = z.array(z.object({ detector: text, kind: text, severity: text, path: text.optional(), span: z.tuple([z.number(), z.number()]).optional(), score: z.number().optional(), version: z.number().optional() }));
const decided = z.object({
  actionId: text, requestId: text, tool: text, digest: text, code: text, reason: text, policyVersion: text,
  rules: z.array(z.object({ id: text, effect: text })),
  findings,
  provenance: z.record(text, z.object({
    origin: text, seq: z.number().optional(), span: span.optional(), at: span.optional(), via: text.optional(),
    also: z.array(z.object({ origin: text, seq: z.number(), span: span.optional() })), parts: z.array(z.object({ origin: text, seq: z.number(), span, at: span })).optional(),
  })),
  args: sealedTextSchema, title: text, rationale: sealedTextSchema.optional(), planId: text.optional(), stepId: text.optional(),
  permitExpiresAt: text.optional(),
  /** How far it was from what the agent usually does, and what weighed most; absent where there was nothing to compare with, or no difference. */
  behaviour: z.object({ score: z.number(), reasons: z.array(z.object({ kind: text, points: z.number(), sentence: text })), arguments: z.array(z.object({ path: text, sentence: text })).optional() }).optional(),
});

export const actionEvents = {
  'action.allowed': decided,
  'action.denied': decided,
  'action.asked': decided.extend({ approvalId: text }),
  'action.permitted': z.object({ actionId: text, expiresAt: text, approvalId: text.optional() }),
  'action.refused': z.object({ actionId: text, code: text, reason: text }),
  'action.started': z.object({ actionId: text, tool: text }),
  'action.finished': z.object({
    actionId: text, tool: text, status: text, durationMs: z.number().nullable(), tookMs: z.number().optional(), error: text.nullable(), output: sealedTextSchema.nullable(),
    unseen: z.object({ digest: text, bytes: z.number() }).nullable(), withheld: z.boolean(), verdict: text,
    /** How many records the output held, where it was a list or held one. */
    records: z.number().optional(),
    /** What was seen in the result; absent where nothing was. */
    findings: decided.shape.findings.optional(),
    usage: z.object({ inputTokens: z.number().optional(), outputTokens: z.number().optional(), cost: z.object({ amount: text, currency: text }).optional() }).nullable(),
  }),
  'permit.redeemed': z.object({ actionId: text, tool: text }),
} as const;

const groups = z.array(z.object({ role: text.optional(), team: text.optional(), person: text.optional(), onCall: text.optional(), quorum: z.number() }));

export const approvalEvents = {
  'approval.requested': z.object({ approvalId: text, actionId: text, tool: text, title: text, risk: text, routes: z.array(text), groups, digest: text, decideBy: text, sentence: text }),
  /** An approver changed the arguments: the digest is bound anew, what was signed before falls. `content`: what of them that person wrote. */
  'approval.changed': z.object({
    approvalId: text, actionId: text, tool: text, kind: z.enum(['narrowing', 'replacement']), revision: z.number(), fromDigest: text, digest: text, title: text,
    steps: z.array(z.object({ path: text, how: text, narrows: z.boolean(), why: text, of: z.object({ before: z.number(), after: z.number() }).optional() })),
    args: sealedTextSchema, content: sealedTextSchema.optional(), policyVersion: text, rules: z.array(z.object({ id: text, effect: text })), routes: z.array(text).optional(), groups: groups.optional(),
  }),
  'approval.signed': z.object({ approvalId: text, actionId: text, digest: text, stillNeeded: z.array(text), reason: text.nullable(), assertion: assertionSchema.optional(), stepUp: codeProofSchema.optional() }),
  'approval.granted': z.object({ approvalId: text, actionId: text, digest: text, useBy: text, reason: text.nullable(), assertion: assertionSchema.optional(), stepUp: codeProofSchema.optional() }),
  'approval.denied': z.object({ approvalId: text, actionId: text, digest: text, reason: text.nullable() }),
  'approval.expired': z.object({ approvalId: text, actionId: text, decideBy: text }),
  'approval.cancelled': z.object({ approvalId: text, actionId: text, reason: z.enum(['session_ended', 'stopped', 'withdrawn', 'superseded', 'unproven']) }),
  /** The gateway looked at the signatures under a granted approval and found too few that hold. */
  'approval.forgery_found': z.object({ approvalId: text, actionId: text, digest: text, what: text }),
  /** It went up to a tier, counted from 1: by the clock, because nobody could meet what was asked, or because a person sent it there. */
  'approval.escalated': z.object({ approvalId: text, actionId: text, to: text, tier: z.number().optional(), why: z.enum(['time', 'unmet', 'person']).optional(), groups: groups.optional(), notify: z.array(text).optional() }),
  /** Fewer persons can sit than it takes. `escalatedTo` is the tier it went to for that, null where no tier above could be met either. */
  'approval.route_unmet': z.object({ approvalId: text, actionId: text, routes: z.array(text), what: text, escalatedTo: z.number().nullable(), findings }),
  'approval.used': z.object({ approvalId: text, actionId: text }),
  'approval.unused_expired': z.object({ approvalId: text, actionId: text, useBy: text }),
} as const;
