import { sql } from '@/lib/db';
import { readingTools } from './tools-of-class';

/** A session that a stop would hit now, with what is under way in it. */
export type RunningSession = { id: string; instanceId: string; instanceName: string; agentId: string; agentName: string; purpose: string; approvals: number; writing: boolean };

/** Everything that runs, the newest first, for the panel that says what a stop would hit; at most `limit`. */
export async function runningSessions(limit = 5_000): Promise<RunningSession[]> {
  return sql.rows<RunningSession>(
    `SELECT s.id, s.instance_id AS "instanceId", i.name AS "instanceName", s.agent_id AS "agentId", a.name AS "agentName", s.purpose,
       (SELECT count(*)::int FROM approval p WHERE p.session_id = s.id AND p.state IN ('pending', 'partially_approved', 'approved')) AS approvals,
       EXISTS (SELECT 1 FROM action x WHERE x.session_id = s.id AND x.permit_expires_at IS NOT NULL AND x.started_at IS NOT NULL AND x.finished_at IS NULL AND NOT x.tool = ANY($2)) AS writing
     FROM session s JOIN agent a ON a.id = s.agent_id JOIN instance i ON i.id = s.instance_id WHERE s.state IN ('open', 'lost', 'paused') ORDER BY s.id DESC LIMIT $1`, [limit, await readingTools(sql)],
  );
}
