import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';
import type { RowActor } from '@/lib/switches/schema';

export const deadManActions = ['pause', 'stop'] as const;
export type DeadManAction = (typeof deadManActions)[number];

/** `agentId` absent: the whole environment that this installation is. */
export const armSchema = z.strictObject({
  agentId: idSchema.optional(),
  action: z.enum(deadManActions),
  afterMinutes: z.int('must be a whole number of minutes, e.g. 60').min(1, 'at least 1 minute').max(10_080, 'at most 10080 minutes, a week'),
});
export type ArmInput = z.input<typeof armSchema>;
export const deadManIdSchema = z.strictObject({ id: idSchema });
/** `id` absent: every one that whoever asks may keep from firing. */
export const heartbeatSchema = z.strictObject({ id: idSchema.optional() });

export type DeadManState =
  | { state: 'armed' }
  | { state: 'fired'; at: string; orderId: string }
  | { state: 'disarmed'; at: string; by: RowActor };

export type DeadManView = {
  id: string; scope: 'agent' | 'environment'; target: string; action: DeadManAction; afterMinutes: number; armedBy: RowActor; armedAt: string;
  /** Who was here last, and when. Arming it counts. */
  seenAt: string; seenBy: RowActor; firesAt: string; now: DeadManState;
};

/** What a heartbeat answers: which it kept from firing, and until when. */
export type Beat = { at: string; kept: { id: string; scope: 'agent' | 'environment'; target: string; firesAt: string }[] };
