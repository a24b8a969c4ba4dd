import { z } from 'zod';
import { assertionSchema, codeProofSchema } from './organisation-events';
import { sealedTextSchema } from './session-events';

const text = z.string();
const decided = z.object({
  actionId: text, requestId: text, tool: text, digest: text, code: text, reason: text, policyVersion: text,
  rules: z.array(z.object({ id: text, effect: text })),
  findings: z.array(z.object({ detector: text, kind: text, severity: text, path: text.optional(), span: z.tuple([z.number(), z.number()]).optional() })),
  provenance: z.record(text, z.object({ origin: text, seq: z.number().optional(), also: z.array(z.object({ origin: text, seq: z.number() })) })),
  args: sealedTextSchema, title: text, rationale: sealedTextSchema.optional(), planId: text.optional(), stepId: text.optional(),
  permitExpiresAt: text.optional(),
});

export const actionEvents = {
  'action.allowed': decided,
  'action.denied': decided,
  'action.asked': decided.extend({ approvalId: text }),
  'action.permitted': z.object({ actionId: text, expiresAt: text, approvalId: text.optional() }),
  'action.refused': z.object({ actionId: text, code: text, reason: text }),
  'action.started': z.object({ actionId: text, tool: text }),
  'action.finished': z.object({
    actionId: text, tool: text, status: text, durationMs: z.number().nullable(), error: text.nullable(), output: sealedTextSchema.nullable(),
    unseen: z.object({ digest: text, bytes: z.number() }).nullable(), withheld: z.boolean(), verdict: text,
    usage: z.object({ inputTokens: z.number().optional(), outputTokens: z.number().optional(), cost: z.object({ amount: text, currency: text }).optional() }).nullable(),
  }),
  'permit.redeemed': z.object({ actionId: text, tool: text }),
} as const;

export const approvalEvents = {
  'approval.requested': z.object({ approvalId: text, actionId: text, tool: text, title: text, risk: text, routes: z.array(text), groups: z.array(z.object({ role: text.optional(), team: text.optional(), quorum: z.number() })), digest: text, decideBy: text, sentence: text }),
  'approval.signed': z.object({ approvalId: text, actionId: text, digest: text, stillNeeded: z.array(text), reason: text.nullable(), assertion: assertionSchema.optional(), stepUp: codeProofSchema.optional() }),
  'approval.granted': z.object({ approvalId: text, actionId: text, digest: text, useBy: text, reason: text.nullable(), assertion: assertionSchema.optional(), stepUp: codeProofSchema.optional() }),
  'approval.denied': z.object({ approvalId: text, actionId: text, digest: text, reason: text.nullable() }),
  'approval.expired': z.object({ approvalId: text, actionId: text, decideBy: text }),
  'approval.cancelled': z.object({ approvalId: text, actionId: text, reason: z.enum(['session_ended', 'stopped', 'withdrawn', 'superseded', 'unproven']) }),
  /** The gateway looked at the signatures under a granted approval and found too few that hold. */
  'approval.forgery_found': z.object({ approvalId: text, actionId: text, digest: text, what: text }),
  'approval.escalated': z.object({ approvalId: text, actionId: text, to: text }),
  'approval.used': z.object({ approvalId: text, actionId: text }),
  'approval.unused_expired': z.object({ approvalId: text, actionId: text, useBy: text }),
} as const;
