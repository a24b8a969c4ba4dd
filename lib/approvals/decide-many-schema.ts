import { z } from 'zod';
import { digestSchema, idSchema } from '@/lib/protocol/primitives';
import { queueFilterSchema } from './queue-schema';

/** As many as one word may be about. More is several words: each is quick, and nobody overlooks a longer list. */
export const MOST_AT_ONCE = 10_000;

const itemSchema = z.strictObject({ id: idSchema, digest: digestSchema });
/** Approving names each request and its digest. Denying may also name all that a filter shows and that was asked until a moment. */
export const decideManySchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('approve'), items: z.array(itemSchema).min(1).max(MOST_AT_ONCE), reason: z.string().max(2_000).optional() }),
  z.strictObject({
    verdict: z.literal('deny'), reason: z.string().max(2_000).optional(),
    items: z.array(itemSchema).min(1).max(MOST_AT_ONCE).optional(),
    all: z.strictObject({ filter: queueFilterSchema, until: z.iso.datetime() }).optional(),
  }).refine((input) => (input.items === undefined) !== (input.all === undefined), 'Name either the requests or a filter that shows them all.'),
]);
export type DecideMany = z.input<typeof decideManySchema>;

/** How far a word on many has come. `stalled`: whoever did it is gone; it can be gone on with. */
export type BulkView = {
  id: string; verdict: 'approve' | 'deny'; state: 'running' | 'stalled' | 'done' | 'left'; total: number; position: number; recorded: number; startedAt: string;
  failures: { id: string; because: string }[];
};
