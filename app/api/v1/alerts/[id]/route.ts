import { getAlert } from '@/lib/alerts';
import { notFound } from '@/lib/errors';
import { noQuery } from '../../_queries';
import { idOf, json, operation } from '../../_rest';

export const GET = operation({ verb: 'alert.read', query: noQuery }, async ({ params }) => {
  const alert = await getAlert(idOf(params));
  if (!alert) throw notFound('There is no such alert.');
  return json(alert);
});
