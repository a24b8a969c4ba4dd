import { notFound } from '@/lib/errors';
import { getSession } from '@/lib/sessions';
import { noQuery } from '../../_queries';
import { idOf, json, operation } from '../../_rest';

export const GET = operation({ verb: 'session.read', query: noQuery }, async ({ params }) => {
  const session = await getSession(idOf(params));
  if (!session) throw notFound('There is no such session.');
  return json(session);
});
