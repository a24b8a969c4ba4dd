import { sql } from '@/lib/db';
import type { PreparedTool } from '@/lib/policies';
import type { LiveSession } from './live-session';
import { recallBehaviour } from './recall-behaviour';
import { recallPlans } from './recall-plans';
import { recallUsage } from './recall-usage';

/** What this session had called before it came to this process, from its rows and its record; what it had read is recalled by `recallTexts`. */
export async function recallSession(session: LiveSession, tools: ReadonlyMap<string, PreparedTool>): Promise<void> {
  const { id } = session.row;
  const [counted] = await sql.rows<{ calls: number; cost: number }>(
    `SELECT count(*)::int AS calls, coalesce(sum((detail->>'costE4')::bigint) FILTER (WHERE decision <> 'deny'), 0)::float AS cost FROM action WHERE session_id = $1`, [id]);
  session.calls = counted!.calls;
  session.costE4 = counted!.cost;
  await recallBehaviour(session);
  await recallUsage(session, tools);
  await recallPlans(session);
}
