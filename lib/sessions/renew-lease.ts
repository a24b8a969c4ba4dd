import { sql } from '@/lib/db';
import type { SessionState } from './schema';

/** Writes down that an instance is alive for another lease, and answers what its sessions are. By the database's clock, so that every process agrees on the end. */
export async function renewInstanceLease(instanceId: string, gatewayId: string, leaseMs: number): Promise<{ id: string; state: SessionState }[]> {
  return sql.rows<{ id: string; state: SessionState }>(
    `WITH renewed AS (
       UPDATE instance SET lease_expires_at = clock_timestamp() + make_interval(secs => $2), last_seen_at = clock_timestamp(), gateway_id = $3 WHERE id = $1
     )
     SELECT id, state FROM session WHERE instance_id = $1 AND state IN ('open', 'lost', 'paused') ORDER BY opened_at DESC LIMIT 256`,
    [instanceId, leaseMs / 1000, gatewayId],
  );
}
