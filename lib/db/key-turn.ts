import type { Sql } from './sql';

const lockName = (name: string) => `countersign key ${name}`;

/** One change of a key at a time, over all replicas; let go at the end of the transaction. */
export async function takeKeyTurn(tx: Sql, name: string): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock(hashtext($1))::text', [lockName(name)]);
}

/**
 * Keeps a key from being ended until this transaction is over. Taken before something is wrapped for a row of this transaction:
 * whoever ends the key then either counts that row as a need of it, or has ended it before it was chosen.
 */
export async function shareKeyTurn(tx: Sql, name: string): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock_shared(hashtext($1))::text', [lockName(name)]);
}
