import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import { DomainError, forbidden } from '@/lib/errors';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import { sealValue, sessionDataKey } from '@/lib/payloads';
import { payloadWrapper } from '@/lib/signing';
import { gatherState } from './gather-state';

const AT_ONCE = 50;
const LANES = 4;
/** After a try that failed (seconds): soon enough to be within the minute once what was in the way is gone. */
const AGAIN_AFTER_S = 10;

export type Written = { written: number; failed: number };

/**
 * Writes what every stopped session was and nobody has written yet: each in a transaction of its own with its event. Any number of
 * workers may do this at once, and may be ended at any moment. `restMs`: those that became due within it are left for later. One that cannot be written never holds up the others; throws for it at the end.
 */
export async function writeDueDumps(ctx: Context, { restMs = 0 }: { restMs?: number } = {}): Promise<Written> {
  authorise(ctx, 'payload.read');
  if (ctx.actor.kind !== 'system') throw forbidden('States of stopped sessions are written by the worker.');
  const done: Written = { written: 0, failed: 0 };
  let trouble: unknown;
  const writeOrPutOff = async (id: string) => {
    try {
      if (await sqlTransaction((tx) => writeOne(tx, ctx, id))) done.written++;
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      trouble ??= error;
      done.failed++;
      await sql.rows('UPDATE session_dump SET tries = tries + 1, due_at = clock_timestamp() + make_interval(secs => $2) WHERE session_id = $1 AND done_at IS NULL', [id, AGAIN_AFTER_S]);
    }
  };
  for (;;) {
    const due = await sql.rows<{ id: string }>('SELECT session_id AS id FROM session_dump WHERE done_at IS NULL AND due_at <= clock_timestamp() - make_interval(secs => $2) ORDER BY due_at, session_id LIMIT $1', [AT_ONCE, restMs / 1_000]);
    if (due.length === 0) break;
    // Each is a dozen short questions to the database: several on their way at once, so that a stop of thousands is written within its minute.
    const lane = async () => {
      for (let next = due.shift(); next; next = due.shift()) await writeOrPutOff(next.id);
    };
    const lost = (await Promise.allSettled(Array.from({ length: LANES }, lane))).find((ended) => ended.status === 'rejected');
    if (lost) throw lost.reason;
  }
  if (trouble !== undefined) throw new Error(`the states of ${done.failed} stopped sessions could not be written yet; they are tried again`, { cause: trouble });
  return done;
}

async function writeOne(tx: Sql, ctx: Context, sessionId: string): Promise<boolean> {
  // Whoever erases takes this lock first as well: a dump is whole and goes with the rest, or it is not written.
  await lockStream(tx, sessionStream(sessionId));
  const [row] = await tx.rows<{ orderId: string }>('SELECT order_id AS "orderId" FROM session_dump WHERE session_id = $1 AND done_at IS NULL FOR UPDATE', [sessionId]);
  // Another worker was faster.
  if (!row) return false;
  const dataKey = await sessionDataKey(tx, sessionId, payloadWrapper()).catch((error: unknown) => { if (error instanceof DomainError) return undefined; throw error; });
  if (!dataKey) {
    await tx.rows('UPDATE session_dump SET done_at = clock_timestamp() WHERE session_id = $1', [sessionId]);
    return false;
  }
  const [head] = await tx.rows<{ toSeq: number; head: string }>('SELECT last_seq::int AS "toSeq", head FROM log.stream WHERE id = $1', [sessionStream(sessionId)]);
  const place = head ?? { toSeq: 0, head: '' };
  const { value, oldest, counts } = await gatherState(tx, sessionId, row.orderId, place, dataKey);
  const { row: payload, ref } = sealValue(sessionId, dataKey, 'dump', value);
  await tx.rows(
    // It ages with the oldest text in it: a copy never outlives what it was made of.
    `INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) VALUES ($1, $2, $3, decode($4, 'base64'), decode($5, 'base64'), $6, $7, coalesce($8::timestamptz, clock_timestamp()))`,
    [payload.id, sessionId, payload.kind, payload.sealed, payload.salt, payload.mac, payload.bytes, oldest],
  );
  await tx.rows('UPDATE session_dump SET done_at = clock_timestamp(), payload_id = $2, mac = $3, bytes = $4, to_seq = $5 WHERE session_id = $1', [sessionId, payload.id, payload.mac, payload.bytes, place.toSeq]);
  // Its own words are texts of the session: the record says how much there is, and not what.
  const rendering = `what was known when it was stopped: ${counts.context} texts, ${counts.pending} approvals, ${counts.permits} permits`;
  await record(tx, ctx, [sessionEvent(sessionId, 'session.dumped', { orderId: row.orderId, fromSeq: 1, toSeq: place.toSeq, ...counts, content: { ...ref, rendering } })]);
  return true;
}
