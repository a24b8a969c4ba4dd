import type { Sql } from '@/lib/db';

/** Somewhere outside the database where checkpoints are kept, so that a log that was set back or cut short shows. */
export type AnchorPlace = {
  name: string;
  /** Hands over what it doesn't have yet; resolves to the milliseconds after which to look again. */
  handOver(): Promise<number>;
};

export type AnchoredCheckpoint = { idx: number; at: Date; hash: string; jws: string };

/** Checkpoints after an index, in order. */
export async function checkpointsAfter(tx: Sql, after: number, limit: number): Promise<AnchoredCheckpoint[]> {
  return tx.rows<AnchoredCheckpoint>('SELECT idx::int, at, hash, jws FROM log.checkpoint WHERE idx > $1 ORDER BY idx LIMIT $2', [after, limit]);
}

/** One hand-over at a time for a place, however many workers there are. */
export const takeTurn = (tx: Sql, name: string) => tx.rows('SELECT pg_advisory_xact_lock(hashtext($1))::text', [`countersign/anchor/${name}`]);

/** Notes how handing over went. `detail` never holds an address's credentials. */
export async function addReceipts(tx: Sql, name: string, indices: readonly number[], outcome: { ok: boolean; detail: string }): Promise<void> {
  await tx.rows(
    `INSERT INTO log.anchor_receipt (checkpoint_idx, anchor, at, ok, detail) SELECT i, $2, clock_timestamp(), $3, $4 FROM unnest($1::bigint[]) AS i ON CONFLICT DO NOTHING`,
    [indices, name, outcome.ok, outcome.detail],
  );
}
