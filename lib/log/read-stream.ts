import { sql } from '@/lib/db';
import type { RecordedEvent } from './event';

/** An event as a reading shows it: the recorded body and its link. */
export type StreamEvent = Omit<RecordedEvent, 'data'> & { data: Record<string, unknown>; hash: string };

/** The events of one stream after `after`, in order, at most `limit`; negative `limit`: the last ones, still in order. */
export async function readStream(stream: string, after = 0, limit = 500): Promise<StreamEvent[]> {
  const rows = limit < 0
    ? (await sql.rows<{ body: string; hash: string }>('SELECT body, hash FROM log.event WHERE stream = $1 AND seq > $2 ORDER BY seq DESC LIMIT $3', [stream, after, -limit])).reverse()
    : await sql.rows<{ body: string; hash: string }>('SELECT body, hash FROM log.event WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3', [stream, after, limit]);
  return rows.map((row) => ({ ...(JSON.parse(row.body) as Omit<StreamEvent, 'hash'>), hash: row.hash }));
}
