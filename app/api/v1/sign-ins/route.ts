import { signInHistory } from '@/lib/access';
import { signInsQuery } from '../_queries';
import { json, operation } from '../_rest';

/** One's own without `person`; the verb asks for more where it is somebody else's. */
export const GET = operation({ verb: 'person.read', query: signInsQuery }, async ({ ctx, query }) => json(await signInHistory(ctx, query.person)));
