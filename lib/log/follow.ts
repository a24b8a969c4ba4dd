import type { Sql } from '@/lib/db';
import type { EventType } from './catalogue';
import type { LoggedEvent } from './read-log';

/** The last event that somebody has worked off, by its name: its place in the feed is looked up, because a restored log is counted anew. */
export type Followed = { stream: string; seq: number; at: Date };
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

/** The last settled event up to a time; undefined where there is none. Where a follower begins that was never here. */
export async function lastUpTo(tx: Sql, at: Date): Promise<Followed | undefined> {
  const [row] = await tx.rows<{ stream: string; seq: bigint; at: Date }>(
    'SELECT stream, seq, recorded_at AS at FROM log.event WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND recorded_at <= $1 ORDER BY xid DESC, stream DESC, seq DESC LIMIT 1', [at]);
  return row && { stream: row.stream, seq: Number(row.seq), at: row.at };
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
