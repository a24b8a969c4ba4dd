import { z } from 'zod';
import { stepUpAnswerSchema } from '@/lib/access/schema';
import { digestSchema, idSchema } from '@/lib/protocol/primitives';
import { releaseChecklist } from '@/lib/switches/schema';

/** How long what a token asked for waits for its person. */
export const PENDING_MS = 15 * 60_000;
/** How long whoever finishes one may take until it is open again (milliseconds). */
export const UNDER_WAY_MS = 60_000;
/** How many may wait for one person at a time. */
export const MOST_PENDING = 20;

/** What is waited for: exactly what the token sent, and of an approval the very arguments that it saw. */
export const requestedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approval_decision'), objectId: idSchema, body: z.strictObject({ digest: digestSchema, reason: z.string().max(2_000).optional() }) }),
  z.strictObject({ kind: z.literal('switch_release'), objectId: idSchema, body: z.strictObject({ checklist: z.array(z.enum(releaseChecklist)), reason: z.string().max(2_000).optional() }) }),
]);
export type Requested = z.infer<typeof requestedSchema>;

export const requestIdSchema = z.strictObject({ id: idSchema });
export const finishRequestSchema = z.strictObject({ id: idSchema, stepUp: stepUpAnswerSchema, reason: z.string().max(2_000).optional() });

export type PendingState = { kind: 'open' } | { kind: 'under_way' } | { kind: 'expired' } | { kind: 'finished'; outcome: 'done' | 'refused'; at: string };
export type PendingRequest = Requested & { id: string; tokenName: string | null; createdAt: string; expiresAt: string; state: PendingState };
