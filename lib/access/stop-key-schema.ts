import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';

/** How long a stop key lives (milliseconds); its browser gets a new one before that. */
export const STOP_KEY_MS = 30 * 86_400_000;
/** How many browsers of one person may hold a key; the one that was idle longest makes room for the next. */
export const MOST_STOP_KEYS = 10;

export const registerStopKeySchema = z.strictObject({
  /** The public half, as WebCrypto exports it. */
  jwk: z.record(z.string(), z.unknown()),
  /** What its person knows the browser by. */
  name: z.string().trim().min(1).max(100),
  /** The key of the same browser that this one takes over from. */
  replaces: idSchema.optional(),
});
export type RegisterStopKey = z.input<typeof registerStopKeySchema>;

export const stopKeyIdSchema = idSchema;

export type RegisteredStopKey = { id: string; expiresAt: string };
export type StopKeyView = { id: string; name: string; createdAt: string; lastUsedAt: string | null; expiresAt: string };
