import { hash } from 'node:crypto';

/**
 * Merkle trees as RFC 9162 section 2.1 hashes them: leaves under 0x00, nodes under 0x01, so that neither can pass for
 * the other. Built level by level; a last node without a sibling moves up as it is, which gives the same tree as the
 * RFC's recursive definition.
 */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash('sha256', '', 'buffer');
  let level = leaves;
  while (level.length > 1) level = levelAbove(level);
  return level[0] as Buffer;
}

export function leafHash(data: string | Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF, typeof data === 'string' ? Buffer.from(data) : data]), 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** The sibling hashes from a leaf up to the root. Throws RangeError for a leaf that isn't there. */
export function inclusionProof(leaves: readonly Buffer[], index: number): Buffer[] {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length)) throw new RangeError(`There is no leaf ${index}.`);
  const proof: Buffer[] = [];
  for (let level = leaves, at = index; level.length > 1; level = levelAbove(level), at >>>= 1) {
    const sibling = level[at ^ 1];
    if (sibling) proof.push(sibling);
  }
  return proof;
}

/** Whether the proof leads from the leaf at that place of a tree of that size to the root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(leaf: Buffer, index: number, size: number, proof: readonly Buffer[], root: Buffer): boolean {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) return false;
  let at = index;
  let last = size - 1;
  let node = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && node.equals(root);
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Buffer;
    const right = level[i + 1];
    above.push(right ? nodeHash(left, right) : left);
  }
  return above;
}
