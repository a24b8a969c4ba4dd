import { labelsByRule } from '@/lib/alerts';
import { alertLabelsQuery } from '../../_queries';
import { json, operation } from '../../_rest';

export const GET = operation({ verb: 'alert.read', query: alertLabelsQuery }, async ({ ctx, query }) => json({ days: query.days, rules: await labelsByRule(new Date(ctx.now().getTime() - query.days * 24 * 60 * 60_000)) }));
