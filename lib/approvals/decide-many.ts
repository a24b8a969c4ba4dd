import type { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { conflict, forbidden, invalid, notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { bulkRefusal } from './decide-many-rules';
import { decideManySchema, MOST_AT_ONCE, type BulkView, type DecideMany } from './decide-many-schema';
import { queueItems } from './queue';
import { askedRouteSchema, type AskedRoute } from './schema';
import { readBulk } from './bulk-queries';
import type { Person } from './signatures';

type Item = { id: string; digest: string };

/**
 * Takes a person's word on many approvals and says under which id it is worked off. Nothing is decided here: each is, by `workOffMany`, as
 * by a press of its own. What may be approved together is judged before anything is: throws `invalid` with the sentence otherwise.
 */
export async function decideMany(ctx: Context, input: DecideMany): Promise<BulkView> {
  const word = parseInput(decideManySchema, input);
  authorise(ctx, word.verdict === 'approve' ? 'approval.decide' : 'approval.deny');
  if (ctx.actor.kind !== 'person' || !ctx.actor.signInId) throw forbidden('Only a person at the console decides about many approvals at once.');
  const items = await itemsOf(ctx.actor, word);
  if (items.length === 0) throw conflict('None of these waits any more. Nothing was decided.');
  if (new Set(items.map(({ id }) => id)).size < items.length) throw invalid('/items: a request is named twice.', [{ path: '/items', message: 'names a request twice' }]);
  if (word.verdict === 'approve') await judge(items, word.reason);
  const id = newId();
  await sql.rows(
    `INSERT INTO bulk_decision (id, person_id, sign_in_id, verdict, reason, items, total, started_at, moved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())`,
    [id, ctx.actor.id, ctx.actor.signInId, word.verdict, word.reason?.trim() || null, JSON.stringify(items), items.length],
  );
  return (await readBulk(ctx.actor, id))!;
}

function itemsOf(person: Person, word: z.output<typeof decideManySchema>): Promise<Item[]> | Item[] {
  if (word.verdict === 'deny' && word.all) return queueItems(person, word.all.filter, new Date(word.all.until), MOST_AT_ONCE);
  return word.items ?? [];
}

/** The rows' own facts count, not what the page knows of them: they never change under one digest. */
async function judge(items: readonly Item[], reason: string | undefined): Promise<void> {
  const rows = await sql.rows<{ id: string; title: string; agentId: string; tool: string; ruleIds: string[]; risk: AskedRoute['risk']; route: unknown; shape: string | null; revision: number }>(
    `SELECT id, title, agent_id AS "agentId", tool, rule_ids AS "ruleIds", risk, route, shape, revision FROM approval WHERE id = ANY($1::uuid[])`, [items.map(({ id }) => id)],
  );
  if (rows.length < items.length) throw notFound('One of these is no approval. Nothing was decided.');
  const refusal = bulkRefusal(rows.map((row) => ({ ...row, route: askedRouteSchema.parse(row.route) })), { reason });
  if (refusal) throw invalid(refusal, [{ path: '/items', message: refusal }]);
}
