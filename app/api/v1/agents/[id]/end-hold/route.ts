import { endHold } from '@/lib/switches';
import { noQuery } from '../../../_queries';
import { idOf, json, operation } from '../../../_rest';

/** Lets new sessions of an agent open again before their time. It takes a person: a service account is refused. */
export const POST = operation({ verb: 'switch.release', query: noQuery }, async ({ ctx, params }) => json(await endHold(ctx, { agentId: idOf(params) })));
