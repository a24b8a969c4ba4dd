import type { Actor, Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { readRequests } from './queries';
import type { PendingRequest } from './schema';

type Person = Extract<Actor, { kind: 'person' }>;

export function requireConsole(ctx: Context): Person {
  if (ctx.actor.kind !== 'person' || ctx.actor.via !== 'console') throw forbidden('This is finished by its person, in the console.');
  return ctx.actor;
}

/**
 * Takes it, once: whoever comes second, or too late, is told. How it ended stands there only when it has ended: whoever took it
 * and died leaves it to be taken `again` a minute later.
 */
export async function claim(person: Person, id: string): Promise<{ request: PendingRequest; again: boolean }> {
  return sqlTransaction(async (tx) => {
    const [row] = await tx.rows<{ taken: boolean }>('SELECT finished_at IS NOT NULL AS taken FROM pending_request WHERE id = $1 AND person_id = $2 FOR UPDATE', [id, person.id]);
    const [request] = await readRequests(tx, 'WHERE r.id = $1 AND r.person_id = $2', [id, person.id]);
    if (!request) throw notFound('There is no such request of yours.');
    if (request.state.kind === 'expired') throw conflict('The fifteen minutes for this are over. Nothing was done; ask again.', { why: 'expired' });
    if (request.state.kind === 'finished') throw conflict(request.state.outcome === 'done' ? 'This was finished already.' : 'This was let be already. Nothing was done.', { why: 'finished' });
    if (request.state.kind === 'under_way') throw conflict('This is being finished at this moment. Look again in a minute.', { why: 'under_way' });
    await tx.rows('UPDATE pending_request SET finished_at = clock_timestamp(), outcome = NULL WHERE id = $1', [id]);
    return { request, again: row!.taken };
  });
}

/** Opens it again, for another try with the key. */
export const putBack = (id: string): Promise<unknown> => sqlTransaction((tx) => tx.rows('UPDATE pending_request SET finished_at = NULL, outcome = NULL WHERE id = $1', [id]));

export const recordFinish = (ctx: Context, { id, kind, objectId }: PendingRequest, person: Person, outcome: 'done' | 'refused'): Promise<void> =>
  sqlTransaction(async (tx) => {
    await tx.rows('UPDATE pending_request SET finished_at = clock_timestamp(), outcome = $2 WHERE id = $1', [id, outcome]);
    await record(tx, ctx, [organisationEvent('person.request_finished', { personId: person.id, requestId: id, kind, objectId, outcome })]);
  });
