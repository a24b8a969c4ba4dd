import type { Sql } from '@/lib/db';

/** A key as control keeps it: by the hash of its secret, with whose it is. */
export type HeldSupervisorKey = { id: string; hash: string; agentId: string; environment: string };

export const liveSupervisorKeys = (sql: Sql): Promise<HeldSupervisorKey[]> =>
  sql.rows<HeldSupervisorKey>('SELECT id, hash, agent_id AS "agentId", environment FROM supervisor_key WHERE revoked_at IS NULL ORDER BY id');

/** A session that runs in a supervised process, or that an order on it alone has stopped. `asked`: whether that order was to end the process. */
export type HeldSession = { id: string; agentId: string; instanceId: string; live: boolean; asked: { orderId: string; exit: boolean }[] };

/** The sessions of these instances that are open, and those of `stopped` whichever their state. */
export async function sessionsHeld(sql: Sql, instances: readonly string[], stopped: readonly string[]): Promise<HeldSession[]> {
  return sql.rows<HeldSession>(
    `SELECT s.id, s.agent_id AS "agentId", s.instance_id AS "instanceId", s.state IN ('open', 'lost', 'paused') AS live,
       coalesce((SELECT jsonb_agg(jsonb_build_object('orderId', t.order_id, 'exit', t.exit_asked)) FROM switch_target t WHERE t.session_id = s.id AND t.exit_asked IS NOT NULL), '[]') AS asked
     FROM session s WHERE s.instance_id = ANY($1::text[]) AND (s.state IN ('open', 'lost', 'paused') OR s.id::text = ANY($2::text[]))`,
    [instances, stopped],
  );
}
