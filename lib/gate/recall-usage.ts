import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import type { PreparedTool } from '@/lib/policies';
import type { LiveSession } from './live-session';

/** What the session's calls had taken before it came to this gateway, and which of them are still running. */
export async function recallUsage(session: LiveSession, tools: ReadonlyMap<string, PreparedTool>): Promise<void> {
  const { id } = session.row;
  const classesOf = (name: string) => tools.get(name)?.tool.classes ?? [];
  const took = await sql.rows<{ tool: string; rows: number; ms: number }>(
    `SELECT d.data->>'tool' AS tool, coalesce(sum((d.data->>'records')::bigint), 0)::float AS rows, coalesce(sum((d.data->>'tookMs')::bigint), 0)::float AS ms
     FROM log.event e CROSS JOIN LATERAL (SELECT e.body::jsonb->'data' AS data) d WHERE e.stream = $1 AND e.type = 'action.finished' GROUP BY 1`, [sessionStream(id)],
  );
  for (const { tool, rows, ms } of took) session.usage.ended({ name: tool, classes: classesOf(tool) }, { rows, durationMs: ms }, false);
  const running = await sql.rows<{ tool: string }>('SELECT tool FROM action WHERE session_id = $1 AND started_at IS NOT NULL AND finished_at IS NULL', [id]);
  for (const { tool } of running) session.usage.began({ name: tool, classes: classesOf(tool) });
}
