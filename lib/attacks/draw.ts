import { createHash } from 'node:crypto';

/** Chance by name: the same seed and key always draw the same, whatever was drawn before. Not for secrets. */
export function draw(seed: number, key: string, below: number): number {
  return createHash('sha256').update(`${seed}\0${key}`).digest().readUIntBE(0, 6) % below;
}

export const drawFrom = <T>(seed: number, key: string, list: readonly T[]): T => list[draw(seed, key, list.length)]!;
