import type { z } from 'zod';
import { parseInput } from '@/lib/parse-input';
import { requestRelease } from '@/lib/switches';
import { requestReleaseSchema } from '@/lib/switches/schema';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = requestReleaseSchema.omit({ orderId: true });

/** Asks for the release; for a wide scope somebody else agrees in the console. It stands until control has signed. */
export const POST = operation({ verb: 'switch.release', query: noQuery }, async ({ ctx, params, request }) => {
  const orderId = idOf(params);
  const body: z.infer<typeof bodySchema> = parseInput(bodySchema, await readJson(request));
  return json({ order: await requestRelease(ctx, { orderId, ...body }) }, 202);
});
