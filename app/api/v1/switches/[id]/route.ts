import { notFound } from '@/lib/errors';
import { getOrder } from '@/lib/switches';
import { noQuery } from '../../_queries';
import { idOf, json, operation } from '../../_rest';

/** One order with everything that is known of its targets. */
export const GET = operation({ verb: 'switch.read', query: noQuery }, async ({ params }) => {
  const detail = await getOrder(idOf(params));
  if (!detail) throw notFound('There is no such order.');
  return json(detail);
});
