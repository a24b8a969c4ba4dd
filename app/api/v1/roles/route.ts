import { listRoles, roleMatrix } from '@/lib/access';
import { noQuery } from '../_queries';
import { json, operation } from '../_rest';

export const GET = operation({ verb: 'person.read', query: noQuery }, async ({ ctx }) => json({ verbs: roleMatrix(), own: await listRoles(ctx) }));
