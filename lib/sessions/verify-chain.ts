import { sql } from '@/lib/db';
import { GENESIS_HEAD, sessionStream, verifyChain, type ChainEnd } from '@/lib/log';

export type ChainReading = { kind: 'verified'; to: number } | { kind: 'unverified'; to: number; of: number } | { kind: 'broken'; at: number; because: string };

/** What one look may check; the next goes on from there. */
const AT_ONCE = 20_000;
/** How long a checked stretch is taken at its word before it is read from the beginning again (milliseconds). */
const TRUSTED_MS = 60_000;
const MOST_KEPT = 500;

const checked = new Map<string, { end: ChainEnd; since: number }>();

/** Follows a session's hashes from where this process last stood. What it found broken is looked at anew every time. */
export async function verifySessionChain(sessionId: string, now: Date): Promise<ChainReading> {
  const stream = sessionStream(sessionId);
  const kept = checked.get(sessionId);
  const from = kept && now.getTime() - kept.since < TRUSTED_MS ? kept : { end: { seq: 0, head: GENESIS_HEAD }, since: now.getTime() };
  const rows = await sql.rows<{ stream: string; seq: bigint; body: string; hash: string }>('SELECT stream, seq, body, hash FROM log.event WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3', [stream, from.end.seq, AT_ONCE]);
  const [head] = await sql.rows<{ lastSeq: number; head: string }>('SELECT last_seq::int AS "lastSeq", head FROM log.stream WHERE id = $1', [stream]);
  const result = verifyChain(stream, rows.map((row) => ({ ...row, seq: Number(row.seq) })), from.end);
  checked.delete(sessionId);
  if (!result.ok) return { kind: 'broken', at: result.seq, because: result.sentence };
  const { end } = result;
  const last = head?.lastSeq ?? 0;
  // More may have been written between the two readings; fewer events than the stream's own head says is a cut.
  if (rows.length < AT_ONCE && end.seq < last && (await lastSeq(stream)) === end.seq) return { kind: 'broken', at: end.seq + 1, because: `The stream says that it has ${last} events; the record ends at ${end.seq}.` };
  checked.set(sessionId, { end, since: from.since });
  if (checked.size > MOST_KEPT) checked.delete(checked.keys().next().value!);
  return end.seq >= last ? { kind: 'verified', to: end.seq } : { kind: 'unverified', to: end.seq, of: last };
}

async function lastSeq(stream: string): Promise<number> {
  const [row] = await sql.rows<{ seq: number }>('SELECT coalesce(max(seq), 0)::int AS seq FROM log.event WHERE stream = $1', [stream]);
  return row!.seq;
}
