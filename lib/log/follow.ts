import type { Sql } from '@/lib/db';
import type { EventType } from './catalogue';
import type { LoggedEvent } from './read-log';

/** The last event that somebody has worked off, by its name: its place in the feed is looked up, because a restored log is counted anew. */
type Followed = { stream: string; seq: number; at: Date };
/** What a follower wants to see: events of these types whose text holds `containing`; it is moved past all others. */
export type Wanted = { types: readonly EventType[]; containing: string; limit: number };
export type FollowedEvent = LoggedEvent & { agentId: string | null };

type Row = { stream: string; seq: bigint; at: Date; agentId: string | null; body: string | null; hash: string };
const COLUMNS = `e.stream, e.seq, e.recorded_at AS at, e.agent_id::text AS "agentId", CASE WHEN e.type = ANY($1::text[]) AND position($2 IN e.body) > 0 THEN e.body END AS body, e.hash`;
const wanted = (rows: Row[]): FollowedEvent[] => rows.flatMap(({ body, hash, agentId }) => (body === null ? [] : [{ ...(JSON.parse(body) as Omit<LoggedEvent, 'hash'>), hash, agentId }]));

/**
 * What follows a place in the feed, as far as it is settled: nothing can slip in before it any more. `last` is where the next page
 * begins, undefined where there is nothing new; `full`: there may be more at once. `after` undefined: from the beginning.
 */
export async function readOn(tx: Sql, after: Followed | undefined, { types, containing, limit }: Wanted): Promise<{ events: FollowedEvent[]; last: Followed | undefined; full: boolean }> {
  const place = after && (await placeOf(tx, after));
  const rows = await tx.rows<Row>(
    `SELECT ${COLUMNS} FROM log.event e WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND ($3::xid8 IS NULL OR (e.xid, e.stream, e.seq) > ($3::xid8, $4::text, $5::bigint)) ORDER BY e.xid, e.stream, e.seq LIMIT $6`,
    [types, containing, place?.xid ?? null, place?.stream ?? null, place?.seq ?? null, limit],
  );
  const end = rows.at(-1);
  return { events: wanted(rows), last: end && { stream: end.stream, seq: Number(end.seq), at: end.at }, full: rows.length === limit };
}

/** The newest of what is committed and not settled yet, because a transaction that began before it still runs. Without an order, and to be looked at again. */
export async function readUnsettled(tx: Sql, { types, containing, limit }: Wanted): Promise<{ events: FollowedEvent[]; any: boolean }> {
  const rows = await tx.rows<Row>(`SELECT ${COLUMNS} FROM log.event e WHERE e.xid >= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.xid DESC, e.stream DESC, e.seq DESC LIMIT $3`, [types, containing, limit]);
  return { events: wanted(rows), any: rows.length > 0 };
}

/** The last settled event up to a time; undefined where there is none. */
async function lastUpTo(tx: Sql, at: Date): Promise<Followed | undefined> {
  const [row] = await tx.rows<{ stream: string; seq: bigint; at: Date }>(
    'SELECT stream, seq, recorded_at AS at FROM log.event WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND recorded_at <= $1 ORDER BY xid DESC, stream DESC, seq DESC LIMIT 1', [at]);
  return row && { stream: row.stream, seq: Number(row.seq), at: row.at };
}

/** Where a follower's place is kept: one row of a table of its own. */
type Cursor = 'alert_cursor' | 'notice_cursor';

/**
 * The place that a follower has come to, held by one worker at a time: the lock first and the place by a statement of its own, which sees what the
 * one before has done. Who never was here begins after `begin`. `keepPlace` commits with what was made of what was read, so nothing is left out
 * or made twice whenever a worker ends.
 */
export async function takePlace(tx: Sql, cursor: Cursor, begin: Date): Promise<Followed | undefined> {
  const lock = () => tx.rows(`SELECT 1 FROM ${cursor} WHERE id = 1 FOR UPDATE`);
  if ((await lock()).length === 0) {
    const last = await lastUpTo(tx, begin);
    await tx.rows(`INSERT INTO ${cursor} (id, stream, seq, at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING`, [last?.stream ?? null, last?.seq ?? null, last?.at ?? begin]);
    await lock();
  }
  const [row] = await tx.rows<{ stream: string | null; seq: bigint | null; at: Date }>(`SELECT stream, seq, at FROM ${cursor} WHERE id = 1`);
  return row?.stream ? { stream: row.stream, seq: Number(row.seq), at: row.at } : undefined;
}

export async function keepPlace(tx: Sql, cursor: Cursor, { stream, seq, at }: Followed): Promise<void> {
  await tx.rows(`UPDATE ${cursor} SET stream = $1, seq = $2, at = $3 WHERE id = 1`, [stream, seq, at]);
}

/** Age in seconds of the oldest event that a follower has not come to. */
export async function lagOf(db: Sql, cursor: Cursor): Promise<{ seconds: number }[]> {
  return db.rows(
    `WITH place AS (SELECT e.xid, e.stream, e.seq FROM ${cursor} c JOIN log.event e ON e.stream = c.stream AND e.seq = c.seq WHERE c.id = 1)
     SELECT coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float8 FROM log.event e
       WHERE NOT EXISTS (SELECT 1 FROM place) OR (e.xid, e.stream, e.seq) > (SELECT xid, stream, seq FROM place) ORDER BY e.xid, e.stream, e.seq LIMIT 1), 0) AS seconds`);
}

/** By its name; where its month is no longer kept, by its time, so that what is left is neither begun anew nor left out. */
async function placeOf(tx: Sql, after: Followed): Promise<{ xid: string; stream: string; seq: number } | undefined> {
  const named = ({ stream, seq }: Followed) => tx.rows<{ xid: string }>('SELECT xid::text AS xid FROM log.event WHERE stream = $1 AND seq = $2', [stream, seq]);
  const [found] = await named(after);
  if (found) return { xid: found.xid, stream: after.stream, seq: after.seq };
  const near = await lastUpTo(tx, after.at);
  const [row] = near ? await named(near) : [];
  return near && row && { xid: row.xid, stream: near.stream, seq: near.seq };
}
