import { parseInput } from '@/lib/parse-input';
import { liftConstraint } from '@/lib/sessions';
import { liftConstraintSchema } from '@/lib/sessions/schema';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = liftConstraintSchema.omit({ sessionId: true });

export const POST = operation({ verb: 'session.unconstrain', query: noQuery }, async ({ ctx, params, request }) => {
  const sessionId = idOf(params);
  return json(await liftConstraint(ctx, { sessionId, ...parseInput(bodySchema, await readJson(request)) }));
});
