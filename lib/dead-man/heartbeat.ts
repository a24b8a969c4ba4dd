import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { databaseTime, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { mayTend, readDeadMen } from './rows';
import { firesAt, step } from './rules';
import { heartbeatSchema, type Beat } from './schema';

/**
 * A person says that they are here: the dead-man switches that they may tend, or the one named, wait anew. By a person in the console, the
 * host, or a control key that was made for it; a token or a service account would beat on when everybody has left.
 */
export async function heartbeat(ctx: Context, input: unknown = {}): Promise<Beat> {
  const { actor } = ctx;
  const { id } = parseInput(heartbeatSchema, input);
  if (actor.kind === 'person' && actor.via !== 'console') throw forbidden('A heartbeat says that a person is here, so a token cannot send it. Press "I am here" in the console, or make a control key with the scope heartbeat.');
  // Who owns an agent may tend its switch without a role for all of them; anybody else needs one, or a key made for it.
  if (actor.kind !== 'person') authorise(ctx, 'dead_man.heartbeat');
  if (actor.kind === 'control_key' && !actor.environments.includes('*') && !actor.environments.includes(env().environment)) throw forbidden(`This control key is for ${actor.environments.join(', ') || 'no environment'}; ${env().environment} is beyond it.`);
  return sqlTransaction(async (tx) => {
    // In the order of their ids: two who say so at once never wait for each other in a circle.
    const rows = await readDeadMen(tx, `WHERE d.state = 'armed' AND ($1::uuid IS NULL OR d.id = $1) ORDER BY d.id FOR UPDATE OF d`, [id ?? null]);
    const mine = rows.filter((row) => mayTend(ctx, 'dead_man.heartbeat', row.ownerId));
    if (mine.length === 0) {
      authorise(ctx, 'dead_man.heartbeat');
      if (id !== undefined) throw notFound('There is no such dead-man switch that is armed.');
    }
    const now = await databaseTime(tx);
    const kept = mine.filter((row) => step(row, 'heartbeat', now).ok);
    if (kept.length === 0 && mine.length > 0) throw conflict('Too late: nobody was here in time, so it fires now.');
    await tx.rows('UPDATE dead_man SET seen_at = $2, seen_by = $3 WHERE id = ANY($1::uuid[])', [kept.map((row) => row.id), now, JSON.stringify(recordedActor(actor))]);
    if (kept.length > 0) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ deadMan: kept[0]!.id })]);
    return { at: now.toISOString(), kept: kept.map(({ id: which, scope, target, afterMinutes }) => ({ id: which, scope, target, firesAt: firesAt({ seenAt: now, afterMinutes }).toISOString() })) };
  });
}
