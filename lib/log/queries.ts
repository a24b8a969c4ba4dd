import { sql } from '@/lib/db';
import type { EventType } from './catalogue';
import type { LoggedEvent } from './read-log';

/** A stream of the record as a list shows it. */
export type StreamView = { id: string; events: number; lastAt: string | null };
/** An event and its place among all streams: `place` is where a page of older events goes on. */
export type PlacedEvent = LoggedEvent & { place: string };

/** When anything was last recorded; null before the first event. */
export async function lastEventAt(): Promise<string | null> {
  const [row] = await sql.rows<{ at: Date }>('SELECT recorded_at AS at FROM log.event ORDER BY xid DESC, stream DESC, seq DESC LIMIT 1');
  return row?.at.toISOString() ?? null;
}

/** The newest events of all streams or of one, newest first; `before` is the place of the last one of the page before. */
export async function recentEvents(filter: { stream?: string | undefined; before?: string | undefined; limit: number }): Promise<PlacedEvent[]> {
  const before = readPlace(filter.before);
  // By the columns and not by what is selected under their names: those are texts, and '99' sorts behind '100'.
  const rows = filter.stream === undefined
    ? await sql.rows<Row>(`SELECT body, hash, xid::text AS xid, stream, seq::text AS seq FROM log.event e WHERE ($1::xid8 IS NULL OR (e.xid, e.stream, e.seq) < ($1::xid8, $2::text, $3::bigint)) ORDER BY e.xid DESC, e.stream DESC, e.seq DESC LIMIT $4`, [before?.xid ?? null, before?.stream ?? null, before?.seq ?? null, filter.limit])
    : await sql.rows<Row>('SELECT body, hash, xid::text AS xid, stream, seq::text AS seq FROM log.event e WHERE e.stream = $1 AND ($2::bigint IS NULL OR e.seq < $2) ORDER BY e.seq DESC LIMIT $3', [filter.stream, before?.seq ?? null, filter.limit]);
  return rows.map((row) => ({ ...(JSON.parse(row.body) as LoggedEvent), hash: row.hash, place: `${row.xid}_${row.seq}_${row.stream}` }));
}

/** The newest events of a type in one stream that say `value` of `field`, newest first. For a stream that an index on types would not pay for. */
export async function eventsAbout(about: { stream: string; type: EventType; field: string; value: string; since: Date; limit: number }): Promise<LoggedEvent[]> {
  const rows = await sql.rows<{ body: string; hash: string }>(
    `SELECT body, hash FROM log.event WHERE stream = $1 AND type = $2 AND recorded_at >= $3 AND month >= date_trunc('month', $3::timestamptz AT TIME ZONE 'UTC')::date AND body::json #>> ARRAY['data', $4] = $5 ORDER BY seq DESC LIMIT $6`,
    [about.stream, about.type, about.since, about.field, about.value, about.limit]);
  return rows.map((row) => ({ ...(JSON.parse(row.body) as LoggedEvent), hash: row.hash }));
}

type Row = { body: string; hash: string; xid: string; stream: string; seq: string };

function readPlace(text: string | undefined): { xid: string; seq: string; stream: string } | undefined {
  const [, xid, seq, stream] = /^(\d{1,20})_(\d{1,18})_([a-z]+\/[0-9a-z-]{1,64})$/.exec(text ?? '') ?? [];
  return xid && seq && stream ? { xid, seq, stream } : undefined;
}

/** The organisation's own streams, and how much there is in all. */
export async function listStreams(): Promise<{ streams: StreamView[]; total: number; sessions: number }> {
  const [streams, [sum]] = await Promise.all([
    sql.rows<{ id: string; events: number; lastAt: Date | null }>(
      `SELECT s.id, s.last_seq::float8 AS events, (SELECT e.recorded_at FROM log.event e WHERE e.stream = s.id AND e.seq = s.last_seq) AS "lastAt" FROM log.stream s WHERE s.id LIKE 'org/%' ORDER BY s.id`),
    sql.rows<{ total: number; sessions: number }>(`SELECT coalesce(sum(last_seq), 0)::float8 AS total, count(*) FILTER (WHERE id LIKE 'session/%')::float8 AS sessions FROM log.stream`),
  ]);
  return { streams: streams.map((one) => ({ ...one, lastAt: one.lastAt?.toISOString() ?? null })), total: sum!.total, sessions: sum!.sessions };
}

/** The last checkpoints, newest first, and where each was taken outside the database. */
export async function recentCheckpoints(limit: number): Promise<{ index: number; at: string; treeSize: number; root: string; anchored: string[] }[]> {
  const rows = await sql.rows<{ index: number; at: Date; treeSize: number; root: string; anchored: string[] }>(
    `SELECT c.idx::float8 AS index, c.at, c.tree_size AS "treeSize", c.root, ARRAY(SELECT DISTINCT a.anchor FROM log.anchor_receipt a WHERE a.checkpoint_idx = c.idx AND a.ok ORDER BY 1) AS anchored FROM log.checkpoint c ORDER BY c.idx DESC LIMIT $1`, [limit],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
