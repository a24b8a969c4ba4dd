import { parseInput } from '@/lib/parse-input';
import { eraseSession } from '@/lib/payloads';
import { eraseSessionSchema } from '@/lib/payloads/schema';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = eraseSessionSchema.omit({ sessionId: true });

/** Accepted, not done: the worker destroys the texts within seconds. */
export const POST = operation({ verb: 'payload.erase', query: noQuery }, async ({ ctx, params, request }) => {
  const sessionId = idOf(params);
  return json(await eraseSession(ctx, { sessionId, ...parseInput(bodySchema, await readJson(request)) }), 202);
});
