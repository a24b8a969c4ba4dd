import { acknowledgeAlert } from '@/lib/alerts';
import { noQuery } from '../../../_queries';
import { idOf, json, operation } from '../../../_rest';

export const POST = operation({ verb: 'alert.handle', query: noQuery }, async ({ ctx, params }) => json(await acknowledgeAlert(ctx, { alertId: idOf(params) })));
