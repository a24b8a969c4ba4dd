import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePairs, tellsApart } from './compare-times';

/** Times as a busy machine gives them: much the same, now and then far off. */
const noisy = fc.tuple(fc.double({ min: 18, max: 24, noNaN: true }), fc.integer({ min: 0, max: 19 }), fc.double({ min: 0, max: 400, noNaN: true })).map(([usual, chance, delay]) => (chance === 0 ? usual + delay : usual));
const pairs = fc.array(fc.tuple(noisy, noisy), { minLength: 120, maxLength: 120 });

describe('comparing times', () => {
  it('finds what takes a fifth longer under any noise of that kind', () => {
    fc.assert(fc.property(pairs, (measured) => {
      expect(tellsApart(comparePairs(measured.map(([a, b]) => [a + 5, b])))).toBe(true);
      expect(tellsApart(comparePairs(measured.map(([a, b]) => [a, b + 5])))).toBe(true);
    }), { numRuns: 100 });
  });
  it('finds nothing between the same, nor in a shift that is sure but small', () => {
    const same = Array.from({ length: 200 }, (_, i) => [20 + ((i * 7) % 13) / 10, 20 + ((i * 7 + 5) % 13) / 10] as const);
    expect(tellsApart(comparePairs(same))).toBe(false);
    const sure = comparePairs(same.map(([, b]) => [b + 0.4, b] as const));
    expect(sure.z).toBeGreaterThan(3.29);
    expect(tellsApart(sure)).toBe(false);
    expect(comparePairs([[1, 1], [2, 2]])).toEqual({ median: 1.5, shift: 0, z: 0 });
  });
});
