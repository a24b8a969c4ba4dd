import { readDump } from '@/lib/dumps';
import { noQuery } from '../../../_queries';
import { idOf, json, operation } from '../../../_rest';

/** Reading it is on the record. */
export const GET = operation({ verb: 'payload.read', query: noQuery }, async ({ ctx, params }) => json(await readDump(ctx, { sessionId: idOf(params) })));
