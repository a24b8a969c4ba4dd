import { assignAlert } from '@/lib/alerts';
import { assignAlertSchema } from '@/lib/alerts/schema';
import { parseInput } from '@/lib/parse-input';
import { noQuery } from '../../../_queries';
import { idOf, json, operation, readJson } from '../../../_rest';

const bodySchema = assignAlertSchema.omit({ alertId: true });

export const POST = operation({ verb: 'alert.handle', query: noQuery }, async ({ ctx, params, request }) => {
  const alertId = idOf(params);
  return json(await assignAlert(ctx, { alertId, ...parseInput(bodySchema, await readJson(request)) }));
});
