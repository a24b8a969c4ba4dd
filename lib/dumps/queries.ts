import { sql } from '@/lib/db';
import type { DumpView } from './schema';

type Row = { sessionId: string; orderId: string; stoppedAt: Date; tries: number; doneAt: Date | null; payloadId: string | null; mac: string | null; bytes: number | null; toSeq: number | null };

/** The dump of a session that a stop has ended; undefined where none did. */
export async function dumpOf(sessionId: string): Promise<DumpView | undefined> {
  const rows = await sql.rows<Row>(
    'SELECT session_id AS "sessionId", order_id AS "orderId", stopped_at AS "stoppedAt", tries, done_at AS "doneAt", payload_id AS "payloadId", mac, bytes, to_seq::int AS "toSeq" FROM session_dump WHERE session_id = $1', [sessionId],
  );
  return rows.map(view)[0];
}

function view({ sessionId, orderId, stoppedAt, tries, doneAt, payloadId, mac, bytes, toSeq }: Row): DumpView {
  const about = { sessionId, orderId, stoppedAt: stoppedAt.toISOString() };
  if (doneAt === null) return { ...about, state: 'due', tries };
  const at = doneAt.toISOString();
  if (payloadId === null || mac === null || bytes === null || toSeq === null) return { ...about, state: 'erased_before', at };
  return { ...about, state: 'written', at, afterMs: doneAt.getTime() - stoppedAt.getTime(), payloadId, mac, bytes, toSeq };
}
