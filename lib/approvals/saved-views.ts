import { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction, isUniqueViolation } from '@/lib/db';
import { conflict, forbidden } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { idSchema } from '@/lib/protocol/primitives';

export type SavedView = { id: string; name: string; query: string };
const MOST_VIEWS = 50;
const saveSchema = z.strictObject({ name: z.string().trim().min(1).max(60), query: z.string().max(2_000).regex(/^(\?[\x21-\x7e]*)?$/, 'is the part of an address after its path') });

/** The views of the queue that a person keeps by name. They are theirs alone and decide about nothing, so keeping one is not on the record. */
export const listSavedViews = (ctx: Context): Promise<SavedView[]> => sql.rows('SELECT id, name, query FROM saved_view WHERE person_id = $1 ORDER BY name', [personOf(ctx)]);

export async function saveView(ctx: Context, input: unknown): Promise<SavedView[]> {
  authorise(ctx, 'approval.read');
  const personId = personOf(ctx);
  const { name, query } = parseInput(saveSchema, input);
  try {
    await sqlTransaction(async (tx) => {
      // One person's saves wait for one another, so that the limit holds.
      await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [`saved_view ${personId}`]);
      const [kept] = await tx.rows<{ n: number }>('SELECT count(*)::int AS n FROM saved_view WHERE person_id = $1', [personId]);
      if (kept!.n >= MOST_VIEWS) throw conflict(`You keep ${MOST_VIEWS} views already. Remove one that you no longer use.`);
      await tx.rows('INSERT INTO saved_view (id, person_id, name, query, created_at) VALUES ($1, $2, $3, $4, clock_timestamp())', [newId(), personId, name, query]);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`You keep a view named “${name}” already. Give this one another name, or remove that one.`);
    throw error;
  }
  return listSavedViews(ctx);
}

export async function removeView(ctx: Context, id: string): Promise<SavedView[]> {
  authorise(ctx, 'approval.read');
  await sql.rows('DELETE FROM saved_view WHERE id = $1 AND person_id = $2', [parseInput(idSchema, id), personOf(ctx)]);
  return listSavedViews(ctx);
}

function personOf(ctx: Context): string {
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person keeps views.');
  return ctx.actor.id;
}
