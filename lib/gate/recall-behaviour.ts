import { UNKNOWN_TOOL } from '@/lib/behaviour';
import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import type { LiveSession } from './live-session';

/** Events read at once: a long session's record is never in memory as a whole. */
const PORTION = 500;
const TOOL = `CASE WHEN code = 'tool.unknown' THEN $2 ELSE tool END`;

/** What the session added up to before it came to this gateway, from its rows and its record, without opening a text. */
export async function recallBehaviour(session: LiveSession): Promise<void> {
  const { id } = session.row;
  const tools = await sql.rows<{ tool: string; calls: number; denied: number; cost: number; sent: number }>(
    `SELECT ${TOOL} AS tool, count(*)::int AS calls, count(*) FILTER (WHERE decision = 'deny')::int AS denied, coalesce(sum((detail->>'costE4')::bigint) FILTER (WHERE decision <> 'deny'), 0)::float AS cost, coalesce(sum(p.bytes), 0)::float AS sent
     FROM action a LEFT JOIN payload p ON p.id = a.args_payload_id WHERE a.session_id = $1 GROUP BY 1 ORDER BY 2 DESC`, [id, UNKNOWN_TOOL]);
  const recent = await sql.rows<{ at: number }>(`SELECT extract(epoch FROM decided_at)::float * 1000 AS at FROM action WHERE session_id = $1 AND decided_at > clock_timestamp() - interval '1 minute' ORDER BY decided_at`, [id]);
  const [monotonic, clock] = [performance.now(), Date.now()];
  session.recentCalls = recent.map(({ at }) => monotonic - Math.max(0, clock - at));
  const [last] = await sql.rows<{ tool: string }>(`SELECT ${TOOL} AS tool FROM action WHERE session_id = $1 ORDER BY seq DESC LIMIT 1`, [id, UNKNOWN_TOOL]);
  const sum = (name: 'calls' | 'denied' | 'cost' | 'sent') => tools.reduce((total, row) => total + row[name], 0);
  session.behaviour.restore({
    figures: { calls: sum('calls'), denied: sum('denied'), costE4: sum('cost'), sent: sum('sent'), ...(await recordedResults(id)) },
    tools: tools.map(({ tool, calls }) => [tool, calls]), last: last?.tool ?? '', recent: recent.map(({ at }) => [at, 1]),
  });
}

type Data = { output?: { bytes: number } | null; content?: { bytes: number }; records?: number; usage?: { inputTokens?: number; outputTokens?: number } | null };

async function recordedResults(sessionId: string): Promise<{ read: number; said: number; records: number; tokens: number }> {
  const sums = { read: 0, said: 0, records: 0, tokens: 0 };
  for (let after = '0'; ;) {
    // Parsed here and not there: a text may hold what Postgres's own JSON refuses.
    const rows = await sql.rows<{ seq: bigint; body: string }>(`SELECT seq, body FROM log.event WHERE stream = $1 AND seq > $2 AND type IN ('action.finished', 'output.checked') ORDER BY seq LIMIT ${PORTION}`, [sessionStream(sessionId), after]);
    for (const { body } of rows) {
      const { data } = JSON.parse(body) as { data: Data };
      sums.read += data.output?.bytes ?? 0;
      sums.said += data.content?.bytes ?? 0;
      sums.records += data.records ?? 0;
      sums.tokens += (data.usage?.inputTokens ?? 0) + (data.usage?.outputTokens ?? 0);
    }
    if (rows.length < PORTION) return sums;
    after = String(rows.at(-1)!.seq);
  }
}
