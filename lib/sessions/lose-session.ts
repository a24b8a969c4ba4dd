import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { sessionEvent, record } from '@/lib/log';

/** A lease that still runs for longer than this was renewed by another connection (milliseconds); less is the time between a renewal and its row. */
const RENEWED_ELSEWHERE_MS = 500;
/** How long after a lease's end the sweep leaves it to the gateway that holds the connection (milliseconds). */
const GATEWAY_FIRST_MS = 2_000;

/** Makes the open sessions of one instance `lost`: its lease lapsed, so nothing new is allowed until it returns. Returns their ids. */
export async function loseSessions(ctx: Context, instanceId: string, leaseExpiredAt: Date): Promise<string[]> {
  return sqlTransaction(async (tx) => {
    const lost = await tx.rows<{ id: string; agent_id: string }>(
      `UPDATE session SET state = 'lost', lost_at = clock_timestamp()
       WHERE instance_id = $1 AND state = 'open'
         AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = $1 AND i.lease_expires_at > clock_timestamp() + make_interval(secs => $2))
       RETURNING id, agent_id`,
      [instanceId, RENEWED_ELSEWHERE_MS / 1000],
    );
    if (lost.length === 0) return [];
    await record(tx, ctx, lost.map((row) => sessionEvent(row.id, 'session.lost', { instanceId, leaseExpiredAt: leaseExpiredAt.toISOString() }, { agentId: row.agent_id })));
    for (const row of lost) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id: row.id })]);
    return lost.map((row) => row.id);
  });
}

/** Finds instances whose lease ended unnoticed, because their gateway died with it, and loses their sessions. Returns how many. */
export async function sweepLapsedLeases(ctx: Context): Promise<number> {
  const lapsed = await sqlTransaction((tx) =>
    tx.rows<{ id: string; lease_expires_at: Date }>(
      `SELECT DISTINCT i.id, i.lease_expires_at FROM instance i JOIN session s ON s.instance_id = i.id AND s.state = 'open'
       WHERE i.lease_expires_at < clock_timestamp() - make_interval(secs => $1) LIMIT 500`,
      [GATEWAY_FIRST_MS / 1000],
    ),
  );
  let count = 0;
  for (const instance of lapsed) count += (await loseSessions(ctx, instance.id, instance.lease_expires_at)).length;
  return count;
}
