import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { databaseTime, sqlTransaction } from '@/lib/db';
import { conflict, forbidden, invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { MOST_HOURS, writeHandoverSchema, type HandoverView, type WriteHandover } from './schema';

/** A person hands over: their note goes on the record in full, and whoever comes next finds it on Now. Pressed twice it is one; nobody changes it later. */
export async function writeHandover(ctx: Context, input: WriteHandover): Promise<HandoverView> {
  authorise(ctx, 'handover.write');
  const { handoverId, since, text } = parseInput(writeHandoverSchema, input);
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person hands over a shift.');
  const { id: personId, name } = ctx.actor;
  return sqlTransaction(async (tx) => {
    const now = await databaseTime(tx);
    const from = new Date(since);
    if (from >= now || now.getTime() - from.getTime() > MOST_HOURS * 60 * 60_000) throw invalid(`/since: must be before now, and by ${MOST_HOURS} hours at most.`, [{ path: '/since', message: `must lie within the last ${MOST_HOURS} hours` }]);
    const [made] = await tx.rows('INSERT INTO handover (id, person_id, from_at, to_at, text) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING RETURNING id', [handoverId, personId, from, now, text]);
    if (!made) {
      const [there] = await tx.rows<{ personId: string; from: Date; to: Date; text: string }>('SELECT person_id AS "personId", from_at AS "from", to_at AS "to", text FROM handover WHERE id = $1', [handoverId]);
      if (there?.personId !== personId || there.text !== text) throw conflict('This draft was handed over already, with other words. Draft a new note; what was written stays.');
      return { id: handoverId, by: { id: personId, name }, from: there.from.toISOString(), to: there.to.toISOString(), text };
    }
    await record(tx, ctx, [organisationEvent('handover.written', { handoverId, from: from.toISOString(), to: now.toISOString(), text })]);
    return { id: handoverId, by: { id: personId, name }, from: from.toISOString(), to: now.toISOString(), text };
  });
}
