import { sql } from '@/lib/db';

export type MissedResume = { orderId: string; releaseJws: string };

/** More pauses than these have not been lifted over one running session. */
const MOST_TOLD = 256;

/**
 * What control signed to lift pauses over sessions of this instance that still run, in the order of their epochs. Whoever was away
 * when one was sent would stay paused by its own hand for good; an agent that has obeyed one passes it over.
 */
export async function resumesMissedBy(instanceId: string): Promise<MissedResume[]> {
  const newest = await sql.rows<MissedResume>(
    `SELECT o.id AS "orderId", o.release_jws AS "releaseJws" FROM switch_order o
     WHERE o.kind = 'pause' AND o.release_jws IS NOT NULL AND o.state = 'released'
       AND EXISTS (SELECT 1 FROM switch_target t JOIN session s ON s.id = t.session_id WHERE t.order_id = o.id AND s.instance_id = $1 AND s.state IN ('open', 'lost', 'paused'))
     ORDER BY o.epoch DESC LIMIT ${MOST_TOLD}`, [instanceId],
  );
  return newest.reverse();
}
