import type { Context, RecordedActor } from '@/lib/context';
import { requiredUrl, sqlOf, sqlTransaction, pool, type Sql } from '@/lib/db';
import { authorise } from '@/lib/access';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';

type Asked = { id: string; sessionId: string; why: string; askedBy: RecordedActor };
export type Carried = { erasureId: string; sessionId: string; payloads: number };

/** Destroys the texts and keys of every session for which that was asked, each in a transaction of its own. `url`: the retention role's address. */
export async function carryOutErasures(ctx: Context, url = requiredUrl()): Promise<Carried[]> {
  authorise(ctx, 'payload.erase');
  const asked = await sqlOf(pool(url)).rows<Asked>(`SELECT id, session_id AS "sessionId", why, asked_by AS "askedBy" FROM erasure WHERE done_at IS NULL AND kind = 'asked' ORDER BY id`);
  const carried: Carried[] = [];
  for (const one of asked) {
    const done = await sqlTransaction((tx) => erase(tx, ctx, one), url);
    if (done) carried.push(done);
  }
  return carried;
}

async function erase(tx: Sql, ctx: Context, { id, sessionId, why, askedBy }: Asked): Promise<Carried | undefined> {
  await lockStream(tx, sessionStream(sessionId));
  const [open] = await tx.rows('SELECT 1 FROM erasure WHERE id = $1 AND done_at IS NULL FOR UPDATE', [id]);
  // Another worker was faster.
  if (!open) return undefined;
  const at = ctx.now();
  const rows = await tx.rows<{ kind: string }>('UPDATE payload SET sealed = NULL, salt = NULL, erased_at = $2 WHERE session_id = $1 AND erased_at IS NULL RETURNING kind', [sessionId, at]);
  await tx.rows('UPDATE session_key SET wrapped = NULL, erased_at = $2 WHERE session_id = $1 AND erased_at IS NULL', [sessionId, at]);
  await tx.rows('UPDATE erasure SET done_at = $2, payloads = $3, sessions = 1 WHERE id = $1', [id, at, rows.length]);
  // The event has the very moment of the rows: by it a reader finds who erased a text, and why.
  await record(tx, { ...ctx, now: () => at }, [sessionEvent(sessionId, 'payload.erased', { payloads: rows.length, why, kinds: [...new Set(rows.map(({ kind }) => kind))].sort(), key: true, by: askedBy })]);
  return { erasureId: id, sessionId, payloads: rows.length };
}
