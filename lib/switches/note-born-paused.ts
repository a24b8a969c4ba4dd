import type { Sql } from '@/lib/db';

/** A session that opened in a paused scope is a target of that pause like those it found, so that the resume is told to it and named in its record. */
export async function noteBornPaused(tx: Sql, orderId: string, session: { id: string; instanceId: string }): Promise<void> {
  await tx.rows(
    `INSERT INTO switch_target (order_id, session_id, instance_id, state, evidence, ordered_at, fenced_at)
     SELECT o.id, $2::uuid, $3, 'fenced', 'it opened while this pause stood, and was born paused', clock_timestamp(), clock_timestamp() FROM switch_order o WHERE o.id = $1 ON CONFLICT DO NOTHING`,
    [orderId, session.id, session.instanceId],
  );
}
