import { z } from 'zod';

/** Conditions in which nothing was decided and the `requestId` was not consumed. What the gate decides is a decision, never one of these. */
export const wireErrorCodes = ['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'lease_lapsed', 'held', 'rate_limited', 'unavailable', 'internal'] as const;
export type WireErrorCode = (typeof wireErrorCodes)[number];

export const issueSchema = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof issueSchema>;

export const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  issues: z.array(issueSchema).optional(),
  retryAfterMs: z.number().optional(),
});
export type WireError = { code: WireErrorCode; message: string; issues?: Issue[]; retryAfterMs?: number };

/** Every client event's acknowledgement. */
export type Ack<T> = ({ ok: true } & T) | { ok: false; error: WireError };
