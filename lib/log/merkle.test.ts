import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { HeadTree, headLeaf } from './head-tree';
import { inclusionProof, leafHash, merkleRoot, nodeHash, verifyInclusion } from './merkle';

/** The definition of RFC 9162 section 2.1.1 word by word, to hold the level-by-level one against. */
function byDefinition(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(byDefinition(leaves.slice(0, k)), byDefinition(leaves.slice(k)));
}
const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => leafHash(`leaf ${i}`));

describe('the Merkle tree', () => {
  it('gives the known roots of certificate transparency', () => {
    // The test data of RFC 6962's reference implementation.
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(merkleRoot([]).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(merkleRoot(data.slice(0, 1)).toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(merkleRoot(data.slice(0, 2)).toString('hex')).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(merkleRoot(data.slice(0, 3)).toString('hex')).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
    expect(merkleRoot(data).toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('is the tree of the definition at every size', () => {
    for (let size = 0; size <= 130; size++) expect(merkleRoot(leavesOf(size)).equals(byDefinition(leavesOf(size))), `size ${size}`).toBe(true);
  });

  it('proves every leaf of every size, and nothing else', () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = leavesOf(size);
      const root = merkleRoot(leaves);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(leaves, index);
        const leaf = leaves[index]!;
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(leafHash('other'), index, size, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false);
        if (size > 1) {
          expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
          expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(false);
        }
      }
    }
    expect(() => inclusionProof(leavesOf(3), 3)).toThrow(RangeError);
    expect(verifyInclusion(leafHash('x'), 0, 0, [], leafHash('x'))).toBe(false);
  });
});

describe('the tree of heads', () => {
  it('has leaves over the canonical JSON of a head', () => {
    const head = { stream: 'session/é\n', seq: 12, head: 'ab'.repeat(32) };
    expect(headLeaf(head).equals(leafHash(canonicalJson(head)))).toBe(true);
  });

  it('has the root of the sorted heads, however they came and however often it was asked', () => {
    const step = fc.record({ stream: fc.nat(60).map((n) => `session/${n}`), seq: fc.nat(1000), ask: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const tree = new HeadTree();
        const plain = new Map<string, { stream: string; seq: number; head: string }>();
        for (const { stream, seq, ask } of steps) {
          const head = { stream, seq, head: String(seq).padStart(64, '0') };
          tree.set(head);
          plain.set(stream, head);
          if (!ask) continue;
          const sorted = [...plain.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1));
          expect(tree.root().equals(merkleRoot(sorted.map(headLeaf)))).toBe(true);
          expect(tree.heads()).toEqual(sorted);
        }
      }),
      { numRuns: 300 },
    );
  });
});
