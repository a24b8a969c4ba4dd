import type { Sql } from '@/lib/db';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { checkpointHash, verifyCheckpoint, type Checkpoint, type SignedCheckpoint } from './checkpoint-rules';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import type { StreamHead } from './head-tree';

export type CheckpointRow = { idx: bigint | number; id: string; at: Date; tree_size: number; root: string; previous: string; hash: string; jws: string };
export const CHECKPOINT_COLUMNS = 'idx, id, at, tree_size, root, previous, hash, jws';

export const checkpointOf = (row: CheckpointRow): Checkpoint =>
  ({ id: row.id, at: row.at.toISOString(), index: Number(row.idx), previous: row.previous, treeSize: row.tree_size, root: row.root });

/** What is wrong with a stored checkpoint, or undefined. */
export function troubleWith(row: CheckpointRow, keys: KeySet): string | undefined {
  const signed = verifyCheckpoint(row.jws, keys);
  if (!signed.ok) return `checkpoint ${row.idx} is not signed by a key of ours (${signed.reason})`;
  return signed.hash === row.hash && checkpointHash(checkpointOf(row)) === row.hash ? undefined : `the row of checkpoint ${row.idx} says something else than its signature`;
}

export async function lastCheckpoint(tx: Sql): Promise<CheckpointRow | undefined> {
  const [row] = await tx.rows<CheckpointRow>(`SELECT ${CHECKPOINT_COLUMNS} FROM log.checkpoint ORDER BY idx DESC LIMIT 1`);
  return row;
}

/** Adds a checkpoint and moves what is covered, in the caller's transaction. Fails on the primary key when somebody else has that index. */
export async function insertCheckpoint(tx: Sql, { checkpoint, hash, jws }: SignedCheckpoint, moved: readonly StreamHead[]): Promise<void> {
  await tx.rows(
    'INSERT INTO log.checkpoint (idx, id, at, tree_size, root, previous, hash, jws, heads) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [checkpoint.index, checkpoint.id, checkpoint.at, checkpoint.treeSize, checkpoint.root, checkpoint.previous, hash, jws, writeHeads(moved)],
  );
  await cover(tx, moved);
  await tx.rows(`SELECT pg_notify('cs_checkpoint', $1)::text`, [JSON.stringify({ index: checkpoint.index })]);
}

/** Notes where streams stand by the newest checkpoint. */
export async function cover(tx: Sql, heads: readonly StreamHead[]): Promise<void> {
  await tx.rows(
    `INSERT INTO log.covered (stream, seq, head) SELECT h->>0, (h->>1)::bigint, h->>2 FROM json_array_elements($1::json) AS h
     ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, head = excluded.head`, [writeHeads(heads)],
  );
}

const writeHeads = (heads: readonly StreamHead[]) => canonicalJson(heads.map(({ stream, seq, head }) => [stream, seq, head]));

/** The heads that moved at a checkpoint, as its row keeps them. */
export function readHeads(text: string): StreamHead[] {
  const list = JSON.parse(text) as [string, number, string][];
  return list.map(([stream, seq, head]) => ({ stream, seq, head }));
}
