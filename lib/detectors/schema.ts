import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';

export const detectorStopSchema = z.strictObject({
  /** What people call it, e.g. "runaway-cost". */
  detector: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be a name in lower case, e.g. runaway-cost'),
  sessionId: idSchema,
  reason: z.string().trim().min(1).max(500),
});
export type DetectorStop = z.infer<typeof detectorStopSchema>;

/** What became of it: stopped now, stopped before, or left to a person because the detector has stopped enough for this minute. */
export const detectorOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('stopped'), orderId: z.string() }),
  z.object({ outcome: z.literal('standing'), orderId: z.string() }),
  z.object({ outcome: z.literal('withheld'), alertId: z.string() }),
]);
export type DetectorOutcome = z.infer<typeof detectorOutcomeSchema>;

export const alertIdSchema = z.strictObject({ alertId: idSchema });

/** One alert as a person sees it, with the sessions that were left running. */
export type DetectorAlertView = { id: string; detector: string; raisedAt: string; withheld: { sessionId: string; reason: string; at: string }[]; more: number };
