import { z } from 'zod';
import { stepUpAnswerSchema } from '@/lib/access/schema';
import { digestSchema, idSchema } from '@/lib/protocol/primitives';

export const openStates = ['pending', 'partially_approved', 'approved'] as const;
export const terminalStates = ['used', 'unused_expired', 'denied', 'expired', 'cancelled'] as const;
export const approvalStates = [...openStates, ...terminalStates] as const;
export type ApprovalStateName = (typeof approvalStates)[number];
/** `unproven`: a signature under it does not hold, found by the gateway before a permit was made. */
export type CancelReason = 'session_ended' | 'stopped' | 'withdrawn' | 'superseded' | 'unproven';

/** A route's obligations as they were when the question was asked; kept with the approval, whatever the bundle says later. */
export const askedRouteSchema = z.object({
  routes: z.array(z.string()),
  groups: z.array(z.object({ role: z.string().optional(), team: z.string().optional(), quorum: z.number() })),
  decideByMs: z.number(), useByMs: z.number(), stepUp: z.boolean(), stepUpBy: z.enum(['passkey', 'passkey_or_totp']).optional(), reasonRequired: z.boolean(), ownerCounts: z.boolean(), risk: z.enum(['low', 'medium', 'high', 'critical']),
  escalateAfterMs: z.number().optional(), escalateTo: z.array(z.object({ role: z.string().optional(), team: z.string().optional(), quorum: z.number() })).optional(),
});
export type AskedRoute = z.infer<typeof askedRouteSchema>;
export type Group = AskedRoute['groups'][number];

export const decideApprovalSchema = z.strictObject({
  approvalId: idSchema,
  verdict: z.enum(['approve', 'deny']),
  digest: digestSchema,
  reason: z.string().max(2_000).optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  stepUp: stepUpAnswerSchema.optional(),
});
export type DecideApproval = z.input<typeof decideApprovalSchema>;
export const signApprovalSchema = z.strictObject({ approvalId: idSchema, digest: digestSchema });
export type DecidedApproval = { id: string; state: ApprovalStateName; stillNeeded: string[]; useBy: string | null };

export const approvalFilterSchema = z.strictObject({
  state: z.enum([...approvalStates, 'open', 'waiting', 'decided']).optional(),
  sessionId: idSchema.optional(),
  after: z.string().optional(),
  limit: z.int().min(1).max(200).default(100),
});
