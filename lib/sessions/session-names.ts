import { sql } from '@/lib/db';
import { shortId } from '@/lib/protocol/ids';

export type SessionName = { shortId: string; agent: string; instance: string };

/** What people call these sessions, by id. */
export async function nameSessions(ids: readonly string[]): Promise<Record<string, SessionName>> {
  if (ids.length === 0) return {};
  const rows = await sql.rows<{ id: string; agent: string; instance: string }>(
    `SELECT s.id, a.name AS agent, i.name AS instance FROM session s JOIN agent a ON a.id = s.agent_id JOIN instance i ON i.id = s.instance_id WHERE s.id = ANY($1::uuid[])`, [[...new Set(ids)]],
  );
  return Object.fromEntries(rows.map(({ id, agent, instance }) => [id, { shortId: shortId(id), agent, instance }]));
}

/** How many sessions are running (open, lost or paused), how many agents they belong to, and how many of them a stop has ended within a day. What drills stop does not count. */
export async function countSessions(): Promise<{ running: number; agents: number; stopped: number; total: number }> {
  const [row] = await sql.rows<{ running: number; agents: number; stopped: number; total: number }>(
    `SELECT count(*) FILTER (WHERE s.state IN ('open', 'lost', 'paused'))::int AS running, count(DISTINCT s.agent_id) FILTER (WHERE s.state IN ('open', 'lost', 'paused'))::int AS agents,
       count(*) FILTER (WHERE s.state = 'stopped' AND s.ended_at > clock_timestamp() - interval '1 day')::int AS stopped, count(*)::int AS total FROM session s WHERE s.agent_id NOT IN (SELECT id FROM agent WHERE drill)`,
  );
  return row!;
}
