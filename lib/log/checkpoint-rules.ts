import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { type JwsRefusal, readUnverifiedJws, verifyJws } from '@/lib/protocol/verify-jws';
import type { HeadTree } from './head-tree';

export const CHECKPOINT_TYP = 'checkpoint+jws';
/** What the first checkpoint follows. */
export const NO_CHECKPOINT = '0'.repeat(64);

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What is signed: the root over all stream heads at one moment, and the checkpoint before it. `index` counts from 1 and
 * `previous` is that checkpoint's hash, so that none can be left out.
 */
export const checkpointSchema = z.strictObject({
  id: z.string().min(1).max(64),
  at: z.iso.datetime(),
  index: z.int().min(1),
  previous: hex32,
  treeSize: z.int().min(0),
  root: hex32,
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Signs a payload under a type; the caller decides with which key and where that key lives. */
export type Sign = (typ: string, payload: object) => string | Promise<string>;

/** SHA-256 of the canonical checkpoint, without its signature: signing it anew under a rotated key leaves the chain as it is. */
export function checkpointHash(checkpoint: Checkpoint): string {
  return hash('sha256', canonicalJson(checkpoint), 'hex');
}

/** The checkpoint that follows the last one (undefined: the first), over the heads as the tree has them. */
export function nextCheckpoint(input: { id: string; at: Date; last: Checkpoint | undefined; heads: HeadTree }): Checkpoint {
  const { id, at, last, heads } = input;
  return {
    id,
    at: at.toISOString(),
    index: last ? last.index + 1 : 1,
    previous: last ? checkpointHash(last) : NO_CHECKPOINT,
    treeSize: heads.size,
    root: heads.root().toString('hex'),
  };
}

export type SignedCheckpoint = { checkpoint: Checkpoint; hash: string; jws: string };

export async function signCheckpoint(sign: Sign, checkpoint: Checkpoint): Promise<SignedCheckpoint> {
  return { checkpoint, hash: checkpointHash(checkpoint), jws: await sign(CHECKPOINT_TYP, checkpoint) };
}

export type CheckpointResult = ({ ok: true } & SignedCheckpoint) | { ok: false; reason: JwsRefusal | 'bad_checkpoint' };

/**
 * Reads a checkpoint with keys from outside; without keys it is only read, which says what it claims and proves nothing.
 * Never throws.
 */
export function verifyCheckpoint(jws: string, keys: KeySet | undefined): CheckpointResult {
  const signed = keys ? verifyJws(jws, { keys, typ: CHECKPOINT_TYP, maxBytes: 4_096 }) : readUnverifiedJws(jws);
  if (!signed.ok) return signed;
  const parsed = checkpointSchema.safeParse(signed.payload);
  return parsed.success ? { ok: true, checkpoint: parsed.data, hash: checkpointHash(parsed.data), jws } : { ok: false, reason: 'bad_checkpoint' };
}
