import { z } from 'zod';
import { idSchema } from './ids';

/** RFC 3339 in UTC, as every time on the wire is. */
export const timeSchema = z.iso.datetime({ offset: false });

export const moneySchema = z.strictObject({
  amount: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, 'must be a decimal in a string, e.g. "12.50"'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. "EUR"'),
});
export type Money = z.infer<typeof moneySchema>;

/** The client's own idempotency id: any short printable text, unique within its session. */
export const requestIdSchema = z.string().min(1).max(128).regex(/^[\x21-\x7e]+$/, 'must be 1 to 128 printable ASCII characters without spaces');

/** A tool's name as the registry writes it. */
export const toolNameSchema = z.string().min(1).max(128).regex(/^[A-Za-z0-9_][A-Za-z0-9_.\-/]*$/, 'must be a tool name, e.g. "send_email"');

export const argsSchema = z.record(z.string(), z.unknown());
export type Args = z.infer<typeof argsSchema>;

export const durationMsSchema = z.int().min(0).max(1000 * 60 * 60 * 24 * 365);
export const shortTextSchema = z.string().max(2_000);
export const longTextSchema = z.string().max(200_000);
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

export { idSchema };
