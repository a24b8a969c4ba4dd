import { authorise, checkSignIn } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { DomainError, forbidden, notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/primitives';
import { readBulk, STALLED_MS } from './bulk-queries';
import { decideApproval } from './decide-approval';
import type { BulkView } from './decide-many-schema';

/** So many are decided between two looks at whether the person still may, and between two marks of how far it has come. */
const BATCH = 25;
/** So many at once: their sessions' streams are others, and a commit waits for the disk. */
const ABREAST = 4;

type Bulk = { personId: string; signInId: string; verdict: 'approve' | 'deny'; reason: string | null; position: number; items: { id: string; digest: string }[]; state: string };
type Failure = { id: string; because: string };

/**
 * Decides what `decideMany` took down, each by its own row's lock and with its own event, until all are or the person may no longer.
 * Whoever finds it half done may call it again, and two at once do no harm: what this person has decided already counts as decided.
 */
export async function workOffMany(id: string, caller: Pick<Context, 'requestId' | 'ip' | 'userAgent'>): Promise<void> {
  const [bulk] = await sql.rows<Bulk>(`SELECT person_id AS "personId", sign_in_id AS "signInId", verdict, reason, position, items, state FROM bulk_decision WHERE id = $1`, [id]);
  if (!bulk) throw notFound('There is no such decision.');
  for (let at = bulk.position; bulk.state === 'running' && at < bulk.items.length; at += BATCH) {
    // Between two batches a person may have been signed out, or lost a role: what they may is read anew.
    const ctx = await personNow(bulk, caller);
    if (!ctx) return void (await sql.rows(`UPDATE bulk_decision SET state = 'left', moved_at = clock_timestamp() WHERE id = $1 AND state = 'running'`, [id]));
    const batch = bulk.items.slice(at, at + BATCH);
    const failures: Failure[] = [];
    for (let i = 0; i < batch.length; i += ABREAST) failures.push(...(await Promise.all(batch.slice(i, i + ABREAST).map((item) => decideOne(ctx, bulk, item)))).flat());
    const [moved] = await sql.rows<{ state: string }>(
      `UPDATE bulk_decision SET position = $2, recorded = recorded + $3, failures = failures || $4::jsonb, moved_at = clock_timestamp() WHERE id = $1 AND state = 'running' AND position = $5 RETURNING state`,
      [id, at + batch.length, batch.length - failures.length, JSON.stringify(failures), at],
    );
    // Somebody else is further, or it was left.
    if (!moved) return;
  }
  await sql.rows(`UPDATE bulk_decision SET state = 'done', moved_at = clock_timestamp() WHERE id = $1 AND state = 'running' AND position >= total`, [id]);
}

async function personNow({ personId, signInId }: Bulk, caller: Pick<Context, 'requestId' | 'ip' | 'userAgent'>): Promise<Context | undefined> {
  try {
    const { actor } = await checkSignIn(makeContext({ kind: 'system', process: 'console' }), signInId, { touch: false });
    return actor.id === personId ? makeContext(actor, caller) : undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

/** Empty when it is decided by this person, now or before. */
async function decideOne(ctx: Context, { verdict, reason, personId }: Bulk, { id, digest }: { id: string; digest: string }): Promise<Failure[]> {
  try {
    await decideApproval(ctx, { approvalId: id, verdict, digest, ...(reason ? { reason } : {}) });
    return [];
  } catch (error) {
    // With the database away nothing is known of this one: it is tried again by whoever goes on.
    if (!(error instanceof DomainError) || error.code === 'unavailable') throw error;
    const known = (error.data ?? {}) as { why?: string; byId?: string | null; state?: string };
    const mine = known.why === 'already_signed' || (known.why === 'decided' && known.byId === personId && (verdict === 'deny') === (known.state === 'denied'));
    return mine ? [] : [{ id, because: error.message }];
  }
}

/**
 * Takes up again what stands still, for whoever gave the word: `taken` says that the caller is to work it off, and is told to one of several
 * who press at once. Undefined where there is no such word of theirs.
 */
export async function takeUpMany(ctx: Context, id: string): Promise<{ taken: boolean; bulk: BulkView } | undefined> {
  authorise(ctx, 'approval.deny');
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person at the console decides about many approvals at once.');
  const taken = await sql.rows(
    `UPDATE bulk_decision SET moved_at = clock_timestamp() WHERE id = $1 AND person_id = $2 AND state = 'running' AND moved_at < clock_timestamp() - make_interval(secs => $3) RETURNING id`, [parseInput(idSchema, id), ctx.actor.id, STALLED_MS / 1_000],
  );
  const bulk = await readBulk(ctx.actor, id);
  return bulk && { taken: taken.length > 0, bulk };
}

/** Leaves the rest as it is: what is decided stays decided, what is not goes on waiting. */
export async function leaveMany(ctx: Context, id: string): Promise<void> {
  if (ctx.actor.kind !== 'person') throw notFound('There is no such decision.');
  await sql.rows(`UPDATE bulk_decision SET state = 'left', moved_at = clock_timestamp() WHERE id = $1 AND person_id = $2 AND state = 'running'`, [parseInput(idSchema, id), ctx.actor.id]);
}
