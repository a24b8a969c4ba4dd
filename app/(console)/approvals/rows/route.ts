import { z } from 'zod';
import { personRequest } from '@/app/_session/person-request';
import { readAsk } from '@/components/approvals/queue-address';
import { authorise } from '@/lib/access';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/ids';
import { queueStretch } from '../queue-rows';

const querySchema = z.object({
  after: z.string().max(80).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  since: z.iso.datetime().optional(),
  also: z.array(idSchema).max(60),
  counted: z.boolean(),
});

/** A stretch of the queue, for a list that stands: it reads again what moved, and nothing of the page around it. */
export const GET = personRequest(async ({ actor, ctx }, request) => {
  authorise(ctx, 'approval.read');
  const params = request.nextUrl.searchParams;
  const { after, limit, since, also, counted } = parseInput(querySchema, { after: params.get('after') ?? undefined, limit: params.get('limit') ?? undefined, since: params.get('since') ?? undefined, also: (params.get('also') ?? '').split(',').filter(Boolean), counted: params.get('counted') !== 'no' });
  return Response.json(await queueStretch(actor, { ask: readAsk(params), after, limit, also, counted, ...(since !== undefined && { since: new Date(since) }) }), { headers: { 'cache-control': 'no-store' } });
});
