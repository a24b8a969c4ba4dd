import { parseInput } from '@/lib/parse-input';
import { revealPayload } from '@/lib/payloads';
import { revealPayloadSchema } from '@/lib/payloads/schema';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = revealPayloadSchema.omit({ payloadId: true });

/** A POST, because that it was read and why is on the record before it is answered. */
export const POST = operation({ verb: 'payload.reveal', query: noQuery }, async ({ ctx, params, request }) => {
  const payloadId = idOf(params);
  return json(await revealPayload(ctx, { payloadId, ...parseInput(bodySchema, await readJson(request)) }));
});
