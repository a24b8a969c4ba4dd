import { z } from 'zod';
import { stepUpAnswerSchema } from '@/lib/access/schema';
import { argumentEditSchema, type ChangeStep } from '@/lib/narrowing/schema';
import { argsSchema, digestSchema, idSchema } from '@/lib/protocol/primitives';

export const openStates = ['pending', 'partially_approved', 'approved'] as const;
export const terminalStates = ['used', 'unused_expired', 'denied', 'expired', 'cancelled'] as const;
export const approvalStates = [...openStates, ...terminalStates] as const;
export type ApprovalStateName = (typeof approvalStates)[number];
/** `unproven`: a signature under it does not hold, found by the gateway before a permit was made. */
export type CancelReason = 'session_ended' | 'stopped' | 'withdrawn' | 'superseded' | 'unproven';

const groupSchema = z.object({ role: z.string().optional(), team: z.string().optional(), person: z.string().optional(), onCall: z.string().optional(), quorum: z.number() });
const tierSchema = z.object({ afterMs: z.number(), groups: z.array(groupSchema), notify: z.array(z.string()).default([]) });

/** A route's obligations as they were when the question was asked; kept with the approval, whatever the bundle says later. */
const keptRouteSchema = z.object({
  routes: z.array(z.string()),
  groups: z.array(groupSchema),
  decideByMs: z.number(), useByMs: z.number(), stepUp: z.boolean(), stepUpBy: z.enum(['passkey', 'passkey_or_totp']).optional(), reasonRequired: z.boolean(), ownerCounts: z.boolean(), risk: z.enum(['low', 'medium', 'high', 'critical']),
  /** Who may decide as well from so long after the asking on, and which channels carry that. */
  escalation: z.array(tierSchema).default([]),
  notify: z.array(z.string()).default([]),
});
// There was a time when a question was kept with one tier, by two names.
const earlierSchema = z.object({ decideByMs: z.number(), escalateAfterMs: z.number().optional(), escalateTo: z.array(groupSchema).min(1) });
export const askedRouteSchema = z.preprocess((kept) => {
  const earlier = earlierSchema.safeParse(kept);
  if (!earlier.success) return kept;
  const { decideByMs, escalateAfterMs, escalateTo } = earlier.data;
  return { escalation: [{ afterMs: escalateAfterMs ?? Math.floor(decideByMs / 2), groups: escalateTo }], ...(kept as object) };
}, keptRouteSchema);
export type AskedRoute = z.infer<typeof askedRouteSchema>;
export type Group = z.infer<typeof groupSchema>;

export const decideApprovalSchema = z.strictObject({
  approvalId: idSchema,
  verdict: z.enum(['approve', 'deny']),
  digest: digestSchema,
  reason: z.string().max(2_000).optional(),
  /** With approve: the whole of the arguments as they are to run, or what is done to some of them. */
  args: argsSchema.optional(),
  edits: z.array(argumentEditSchema).min(1).max(200).optional(),
  stepUp: stepUpAnswerSchema.optional(),
});
export type DecideApproval = z.input<typeof decideApprovalSchema>;
export const signApprovalSchema = z.strictObject({ approvalId: idSchema, digest: digestSchema, args: argsSchema.optional(), edits: z.array(argumentEditSchema).min(1).max(200).optional() });
export const escalateApprovalSchema = z.strictObject({ approvalId: idSchema, tier: z.int().min(1).max(100) });
export type EscalateApproval = z.input<typeof escalateApprovalSchema>;
export const withdrawApprovalSchema = z.strictObject({ approvalId: idSchema, reason: z.string().max(2_000).optional() });
/** `digest` is of the arguments that stand now; `changed` says how they differ from those that were seen. */
export type DecidedApproval = { id: string; state: ApprovalStateName; stillNeeded: string[]; useBy: string | null; digest: string; changed?: { kind: 'narrowing' | 'replacement'; steps: ChangeStep[]; counted: boolean } };

export const approvalFilterSchema = z.strictObject({
  state: z.enum([...approvalStates, 'open', 'waiting', 'decided']).optional(),
  sessionId: idSchema.optional(),
  after: z.string().optional(),
  limit: z.int().min(1).max(200).default(100),
});
