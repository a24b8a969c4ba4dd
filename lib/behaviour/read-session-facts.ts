import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import { readPayloads } from '@/lib/payloads';
import { UNKNOWN_TOOL, type NotedResult } from './live-summary';
import type { CallFacts, SessionFacts } from './summarise-session';

/** Of a longer session the beginning is looked at; of so many calls the arguments are opened. */
const MOST_CALLS = 20_000;
const MOST_OPENED = 2_000;
/** And so much of them together (bytes): they are in memory at once. */
const MOST_OPENED_BYTES = 32 << 20;
const PORTION = 200;

type CallRow = { tool: string; code: string; decision: string; at: Date; cost: number; argsId: string | null; bytes: number | null };

/** What a session that is over did, from its rows and its record; undefined where an input was blocked in it, which is nothing to learn from. */
export async function readSessionFacts(session: { id: string; openedAt: Date; endedAt: Date }): Promise<SessionFacts | undefined> {
  const said = await readEvents(session.id);
  if (said.blocked) return undefined;
  const rows = await sql.rows<CallRow>(
    `SELECT a.tool, a.code, a.decision, a.decided_at AS at, coalesce((a.detail->>'costE4')::float, 0) AS cost, coalesce(a.final_payload_id, a.args_payload_id) AS "argsId", p.bytes
     FROM action a LEFT JOIN payload p ON p.id = coalesce(a.final_payload_id, a.args_payload_id) WHERE a.session_id = $1 ORDER BY a.seq LIMIT ${MOST_CALLS}`, [session.id]);
  const opened = await openArguments(session.id, worthOpening(rows));
  const calls = rows.map(({ tool, code, decision, at, cost, argsId, bytes }): CallFacts => {
    const args = argsId === null ? undefined : opened.get(argsId);
    return { tool: code === 'tool.unknown' ? UNKNOWN_TOOL : tool, atMs: at.getTime(), allowed: decision === 'allow', sent: bytes ?? 0, costE4: cost, ...(args ? { args } : {}) };
  });
  return { openedAtMs: session.openedAt.getTime(), endedAtMs: session.endedAt.getTime(), calls, results: said.results, said: said.bytes };
}

type Finished = { output: { bytes: number } | null; records?: number; usage: { inputTokens?: number; outputTokens?: number } | null };

async function readEvents(sessionId: string): Promise<{ results: NotedResult[]; bytes: number; blocked: boolean }> {
  const rows = await sql.rows<{ type: string; body: string }>(`SELECT type, body FROM log.event WHERE stream = $1 AND type IN ('action.finished', 'output.checked', 'input.added') ORDER BY seq LIMIT ${2 * MOST_CALLS}`, [sessionStream(sessionId)]);
  const results: NotedResult[] = [];
  let bytes = 0;
  let blocked = false;
  for (const { type, body } of rows) {
    const { data } = JSON.parse(body) as { data: Finished & { verdict: string; content: { bytes: number } } };
    if (type === 'input.added') blocked ||= data.verdict === 'blocked';
    else if (type === 'output.checked') bytes += data.content.bytes;
    else results.push({ read: data.output?.bytes ?? 0, records: data.records ?? 0, tokens: (data.usage?.inputTokens ?? 0) + (data.usage?.outputTokens ?? 0) });
  }
  return { results, bytes, blocked };
}

/** The first of what was allowed, as much as may be in memory; one that is too large leaves room for those after it. */
export function worthOpening(rows: readonly Pick<CallRow, 'decision' | 'argsId' | 'bytes'>[]): string[] {
  let room = MOST_OPENED_BYTES;
  return rows.flatMap(({ decision, argsId, bytes }) => {
    if (decision !== 'allow' || argsId === null || (bytes ?? 0) > room) return [];
    room -= bytes ?? 0;
    return [argsId];
  }).slice(0, MOST_OPENED);
}

/** Read in portions; how much of it is kept together is `worthOpening`'s to say. Erased ones are missing. */
async function openArguments(sessionId: string, ids: readonly string[]): Promise<Map<string, Record<string, unknown>>> {
  const opened = new Map<string, Record<string, unknown>>();
  for (let from = 0; from < ids.length; from += PORTION) {
    for (const [id, value] of await readPayloads(sessionId, ids.slice(from, from + PORTION))) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) opened.set(id, value as Record<string, unknown>);
    }
  }
  return opened;
}
