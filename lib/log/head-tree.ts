import { hash } from 'node:crypto';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { leafHash, nodeHash } from './merkle';

/** Where a stream stood: the number and hash of its last event. */
export type StreamHead = { stream: string; seq: number; head: string };

/** The leaf of a stream's head: the hash of its canonical JSON, written out because a checkpoint has as many as there are streams. */
export function headLeaf({ stream, seq, head }: StreamHead): Buffer {
  return leafHash(`{"head":"${head}","seq":${seq},"stream":${canonicalJson(stream)}}`);
}

/**
 * The Merkle tree over all stream heads, sorted by stream id (UTF-16 code units), kept between checkpoints: a minute
 * changes few of many heads, and hashing all of them again each time would make a checkpoint cost what the log's whole
 * history costs. A changed head costs log n hashes; a new stream costs those behind it, which for ids that rise with
 * time are few.
 */
export class HeadTree {
  readonly #streams: string[] = [];
  readonly #heads = new Map<string, StreamHead>();
  readonly #levels: Buffer[][] = [[]];
  /** Leaves before this one are hashed up to the root; a changed leaf before it is queued by its index. */
  #cleanLeaves = 0;
  readonly #changed = new Set<number>();

  get size(): number {
    return this.#streams.length;
  }

  head(stream: string): StreamHead | undefined {
    return this.#heads.get(stream);
  }

  /** All heads in the order of the leaves. */
  heads(): StreamHead[] {
    return this.#streams.map((stream) => this.#heads.get(stream) as StreamHead);
  }

  set(head: StreamHead): void {
    const at = this.#place(head.stream);
    const leaves = this.#levels[0] as Buffer[];
    if (this.#streams[at] === head.stream) {
      leaves[at] = headLeaf(head);
      if (at < this.#cleanLeaves) this.#changed.add(at);
    } else {
      this.#streams.splice(at, 0, head.stream);
      leaves.splice(at, 0, headLeaf(head));
      this.#cleanLeaves = Math.min(this.#cleanLeaves, at);
    }
    this.#heads.set(head.stream, { stream: head.stream, seq: head.seq, head: head.head });
  }

  root(): Buffer {
    if (this.size === 0) return hash('sha256', '', 'buffer');
    let dirty = [...this.#changed].filter((at) => at < this.#cleanLeaves).sort((a, b) => a - b);
    let cleanBelow = this.#cleanLeaves;
    let depth = 0;
    for (let level = this.#levels[0] as Buffer[]; level.length > 1; depth++) {
      const above = (this.#levels[depth + 1] ??= []);
      const length = Math.ceil(level.length / 2);
      above.length = Math.min(above.length, length);
      // A pair is clean when both of its leaves are, and it was a pair before as well.
      cleanBelow = Math.min(Math.floor(cleanBelow / 2), above.length);
      dirty = [...new Set(dirty.map((at) => at >>> 1))].filter((at) => at < cleanBelow);
      for (const at of dirty) above[at] = pair(level, at);
      for (let at = cleanBelow; at < length; at++) above[at] = pair(level, at);
      level = above;
    }
    this.#levels.length = depth + 1;
    this.#cleanLeaves = this.size;
    this.#changed.clear();
    return this.#levels[depth]?.[0] as Buffer;
  }

  /** Where the stream is, or would be put. */
  #place(stream: string): number {
    let low = 0;
    let high = this.#streams.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#streams[middle] as string) < stream) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function pair(level: readonly Buffer[], at: number): Buffer {
  const left = level[2 * at] as Buffer;
  const right = level[2 * at + 1];
  return right ? nodeHash(left, right) : left;
}
