import { sql } from '@/lib/db';
import type { RecordedEvent } from './event';

/** An event as it was recorded, and its link in the chain. */
export type LoggedEvent = Omit<RecordedEvent, 'data'> & { data: Record<string, unknown>; hash: string };
export type FeedPlace = { xid: string; stream: string; seq: number };
export type CheckpointView = { index: number; id: string; at: string; treeSize: number; root: string; previous: string; hash: string; jws: string };

const toEvent = (row: { body: string; hash: string }): LoggedEvent => ({ ...(JSON.parse(row.body) as Omit<LoggedEvent, 'hash'>), hash: row.hash });

/** Events of one stream after a number, in order, at most `limit`; a negative limit: the last ones, still in order. */
export async function readStream(stream: string, after: number, limit: number): Promise<LoggedEvent[]> {
  if (limit < 0) {
    const last = await sql.rows<{ body: string; hash: string }>('SELECT body, hash FROM log.event WHERE stream = $1 AND seq > $2 ORDER BY seq DESC LIMIT $3', [stream, after, -limit]);
    return last.reverse().map(toEvent);
  }
  const rows = await sql.rows<{ body: string; hash: string }>('SELECT body, hash FROM log.event WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3', [stream, after, limit]);
  return rows.map(toEvent);
}

/**
 * Events of all streams after a place, in the order of their transactions. Only what every running transaction is behind is
 * shown, so a late commit can never slip in before a place that a reader has passed.
 */
export async function readFeed(after: FeedPlace | undefined, limit: number): Promise<{ events: LoggedEvent[]; last: FeedPlace | undefined }> {
  const rows = await sql.rows<{ body: string; hash: string; xid: string; stream: string; seq: bigint }>(
    `SELECT body, hash, xid::text AS xid, stream, seq FROM log.event e
     WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND ($1::xid8 IS NULL OR (e.xid, e.stream, e.seq) > ($1::xid8, $2::text, $3::bigint)) ORDER BY e.xid, e.stream, e.seq LIMIT $4`,
    [after?.xid ?? null, after?.stream ?? null, after?.seq ?? null, limit],
  );
  const end = rows.at(-1);
  return { events: rows.map(toEvent), last: end && { xid: end.xid, stream: end.stream, seq: Number(end.seq) } };
}

/** Signed checkpoints after an index, in order. */
export async function listCheckpoints(after: number, limit: number): Promise<CheckpointView[]> {
  const rows = await sql.rows<Omit<CheckpointView, 'at' | 'index'> & { index: bigint; at: Date }>(
    'SELECT idx AS index, id, at, tree_size AS "treeSize", root, previous, hash, jws FROM log.checkpoint WHERE idx > $1 ORDER BY idx LIMIT $2', [after, limit]);
  return rows.map((row) => ({ ...row, index: Number(row.index), at: row.at.toISOString() }));
}
