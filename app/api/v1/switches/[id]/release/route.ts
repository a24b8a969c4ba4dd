import type { z } from 'zod';
import { parseInput } from '@/lib/parse-input';
import { requestRelease } from '@/lib/switches';
import { requestReleaseSchema } from '@/lib/switches/schema';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';
import { orLeaveFor } from '../../../_step-up';

const bodySchema = requestReleaseSchema.omit({ orderId: true, stepUp: true });

/** Asks for the release, which the token's person finishes with a passkey; for a wide scope somebody else agrees in the console. It stands until control has signed. */
export const POST = operation({ verb: 'switch.release', query: noQuery }, async ({ ctx, params, request }) => {
  const orderId = idOf(params);
  const body: z.infer<typeof bodySchema> = parseInput(bodySchema, await readJson(request));
  const order = await orLeaveFor(ctx, { kind: 'switch_release', objectId: orderId, body }, () => requestRelease(ctx, { orderId, ...body }));
  return json({ order }, 202);
});
