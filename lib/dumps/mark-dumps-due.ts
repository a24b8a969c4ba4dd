import type { Sql } from '@/lib/db';

/** In the transaction that stops these sessions: from then on the worker owes each a dump, whatever restarts in between. */
export async function markDumpsDue(tx: Sql, orderId: string, sessionIds: readonly string[]): Promise<void> {
  await tx.rows(
    `INSERT INTO session_dump (session_id, order_id, stopped_at, due_at) SELECT id, $1, clock_timestamp(), clock_timestamp() FROM unnest($2::uuid[]) AS id ON CONFLICT DO NOTHING`, [orderId, sessionIds],
  );
}
