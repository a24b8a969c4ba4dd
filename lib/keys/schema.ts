import { z } from 'zod';
import { rotatableNames, type RotatableName } from './rules';

const name = z.enum(rotatableNames);
export const rotateInputSchema = z.strictObject({ name, overlapMs: z.int().min(0).max(400 * 86_400_000).optional() });
export const retireInputSchema = z.strictObject({ name, now: z.boolean().optional() });
/** Keys that wrap what is kept. */
export const rewrappedNames = ['payload-wrapping', 'credential-wrapping', 'channel-wrapping'] as const;
export type RewrappedName = (typeof rewrappedNames)[number];
export const rewrapInputSchema = z.strictObject({ name: z.enum(rewrappedNames) });

/** What a rotation came to; times are ISO texts. */
export type RotationView = { name: RotatableName; kid: string; previousKid: string; signsFrom: string; overlapUntil: string };

/** One live key as people see it. `publicKey` is the printed word of keys that others pin. */
export type KeyView = {
  name: RotatableName; kid: string; state: 'signs' | 'waits' | 'verifies';
  createdAt: string; signsFrom: string | null; overlapUntil: string | null;
  uses: number; firstUsedAt: string | null; lastUsedAt: string | null; publicKey: string | null;
};
