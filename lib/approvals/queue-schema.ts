import { z } from 'zod';
import { idSchema } from '@/lib/protocol/primitives';

const word = z.string().min(1).max(300);
/** Which of what waits is asked for; absent parts ask for all. */
export const queueFilterSchema = z.strictObject({
  whose: z.enum(['all', 'yours', 'others']).default('all'),
  agentId: idSchema.optional(),
  tool: word.optional(),
  rule: word.optional(),
  risk: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  /** The key of a group, as `groups` names it. */
  group: z.string().regex(/^[0-9a-f]{32}$/).optional(),
  search: z.string().max(200).optional(),
});
export type QueueFilter = z.input<typeof queueFilterSchema>;

const named = (place: string) => idSchema.safeParse(place.slice(-36)).success;
/** The place of a row in its order: its time in epoch milliseconds, up to the year 2286, and its id. */
export const placeSchema = z.string().regex(/^\d{1,13}\.[0-9a-f-]{36}$/).refine(named, 'is not the place of a row');
/** The same with whether it waits on others before it. */
export const queuePlaceSchema = z.string().regex(/^[01]\.\d{1,13}\.[0-9a-f-]{36}$/).refine(named, 'is not the place of a row');
export const queuePageSchema = z.strictObject({
  filter: queueFilterSchema.default({ whose: 'all' }),
  order: z.enum(['left', 'new']).default('left'),
  after: queuePlaceSchema.optional(),
  limit: z.int().min(1).max(200).default(100),
});
export type QueuePage = z.input<typeof queuePageSchema>;
