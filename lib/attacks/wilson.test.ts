import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from './wilson';

describe('the Wilson interval', () => {
  // Reference values: R's prop.test(hits, of, correct = FALSE), and Newcombe 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
  ])('of %i in %i is from %f to %f', (hits, of, low, high) => {
    const [from, to] = wilson({ hits, of });
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });

  it('knows nothing of nothing', () => { expect(wilson({ hits: 0, of: 0 })).toEqual([0, 1]); });

  it('holds the share, is mirrored for the misses, and narrows with more cases', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }).chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of))), ([hits, of]) => {
      const [low, high] = wilson({ hits, of });
      const [missLow, missHigh] = wilson({ hits: of - hits, of });
      expect(low).toBeLessThanOrEqual(hits / of);
      expect(high).toBeGreaterThanOrEqual(hits / of);
      expect(low).toBeCloseTo(1 - missHigh, 10);
      expect(high).toBeCloseTo(1 - missLow, 10);
      const [tenLow, tenHigh] = wilson({ hits: hits * 10, of: of * 10 });
      expect(tenHigh - tenLow).toBeLessThan(high - low);
    }));
  });
});
