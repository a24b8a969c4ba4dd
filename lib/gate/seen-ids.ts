const FIRST_BITS = 1 << 13;
const HASHES = 7;
/** Entries a filter takes before a larger one is begun: one wrong "perhaps" in about a hundred. */
const capacityOf = (bits: number) => Math.floor(bits / 10);

/**
 * Remembers ids in about ten bits each, so that a session of any length stays small in memory. `has` may say "perhaps" of an id that was never
 * added (then the database is asked), and never denies one that was.
 */
export class SeenIds {
  private readonly filters: { bits: Uint32Array; size: number; held: number }[] = [];

  add(id: string): void {
    let filter = this.filters.at(-1);
    if (!filter || filter.held >= capacityOf(filter.size)) {
      const size = filter ? filter.size * 2 : FIRST_BITS;
      this.filters.push((filter = { bits: new Uint32Array(size / 32), size, held: 0 }));
    }
    const [first, step] = hashesOf(id);
    for (let i = 0; i < HASHES; i++) {
      const bit = ((first + Math.imul(i, step)) >>> 0) % filter.size;
      filter.bits[bit >>> 5]! |= 1 << (bit & 31);
    }
    filter.held += 1;
  }

  has(id: string): boolean {
    if (this.filters.length === 0) return false;
    const [first, step] = hashesOf(id);
    return this.filters.some(({ bits, size }) => {
      for (let i = 0; i < HASHES; i++) {
        const bit = ((first + Math.imul(i, step)) >>> 0) % size;
        if (!(bits[bit >>> 5]! & (1 << (bit & 31)))) return false;
      }
      return true;
    });
  }
}

/** Two hashes (FNV-1a, stirred); whoever makes collisions on purpose only makes us ask the database. */
function hashesOf(id: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  return [stir(a), stir(b) | 1];
}

function stir(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
