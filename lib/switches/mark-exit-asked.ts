import type { Sql } from '@/lib/db';

/**
 * Keeps what was decided once about a session's own stop: whether its supervisor was to end the process. False where there is no
 * such target yet. What stands is never changed by it.
 */
export async function markExitAsked(sql: Sql, { orderId, agentId, instanceId, exit }: { orderId: string; agentId: string; instanceId: string; exit: boolean }): Promise<boolean> {
  const marked = await sql.rows(
    `UPDATE switch_target t SET exit_asked = coalesce(t.exit_asked, $4) FROM session s WHERE t.order_id = $1 AND t.instance_id = $3 AND s.id = t.session_id AND s.agent_id = $2 RETURNING t.session_id`, [orderId, agentId, instanceId, exit],
  );
  return marked.length > 0;
}
