import type { Sql } from '@/lib/db';

/** One change of a key at a time, over all replicas; let go at the end of the transaction. */
export async function takeKeyTurn(tx: Sql, name: string): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock(hashtext($1))::text', [`countersign key ${name}`]);
}
