import { engageSwitch } from '@/lib/switches';
import { noQuery } from '../../_queries';
import { json, operation, readJson } from '../../_rest';

/** The gentle way: what it holds keeps its state and goes on after the release. */
export const POST = operation({ verb: 'switch.engage.session', query: noQuery }, async ({ ctx, request }) => json({ order: await engageSwitch(ctx, await readJson(request), 'pause') }, 202));
