import { createHash } from 'node:crypto';

/** Chance from a seed: the same seed draws the same. Not for secrets. */
export class Random {
  readonly #state: Uint32Array;

  constructor(readonly seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#state = Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32LE(i * 4));
  }

  /** From 0 up to, but without, 1 (sfc32). */
  next(): number {
    const s = this.#state;
    const sum = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum / 2 ** 32;
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number { return from + Math.floor(this.next() * (to - from + 1)); }

  chance(probability: number): boolean { return this.next() < probability; }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T { return list[Math.floor(this.next() * list.length)] as T; }

  /** Chance of its own, so that what one agent draws does not depend on how far another has come. */
  child(name: string): Random { return new Random(`${this.seed}/${name}`); }
}
