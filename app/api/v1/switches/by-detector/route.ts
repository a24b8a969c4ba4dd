import { stopByDetector } from '@/lib/detectors';
import { noQuery } from '../../_queries';
import { json, operation, readJson } from '../../_rest';

/** For programs that watch, with a service account's token: one session, and only so many in a minute. */
export const POST = operation({ verb: 'switch.engage.session', query: noQuery }, async ({ ctx, request }) => json(await stopByDetector(ctx, await readJson(request)), 202));
