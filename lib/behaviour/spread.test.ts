import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, outside, Sample, spreadOf } from './spread';

const anything = fc.oneof(fc.double(), fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, NaN, 2 ** 53));
const ones = (values: readonly number[]) => values.map((value) => [value, 1] as const);

describe('what is usual', () => {
  it('is the median and the median deviation from it', () => {
    expect(spreadOf(ones([1, 2, 3, 4, 100]))).toEqual({ n: 5, median: 3, mad: 1, low: 1, high: 100 });
    expect(spreadOf([])).toEqual({ n: 0, median: 0, mad: 0, low: 0, high: 0 });
  });

  it('counts a value for as many as it stands for', () => expect(spreadOf([[1, 1], [10, 5]])).toMatchObject({ n: 6, median: 10, mad: 0 }));

  it('stays among the honest values while fewer than half are anything at all', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 5, maxLength: 40 }), fc.array(anything, { maxLength: 40 }), (honest, strange) => {
      const outliers = strange.slice(0, honest.length - 1);
      const { median, mad } = spreadOf(ones([...honest, ...outliers]));
      expect(median).toBeGreaterThanOrEqual(Math.min(...honest));
      expect(median).toBeLessThanOrEqual(Math.max(...honest));
      expect(mad).toBeLessThanOrEqual(Math.max(...honest) - Math.min(...honest));
    }));
  });
});

describe('how far a value is from it', () => {
  it('is never NaN, never below 0, never 1 or more than it, whatever the values', () => {
    fc.assert(fc.property(fc.array(anything, { maxLength: 30 }), anything, fc.constantFrom(Number.MIN_VALUE, 1, 64), (values, value, floor) => {
      const spread = spreadOf(ones(values));
      for (const strength of [excess(value, spread, floor), outside(value, spread, floor)]) {
        expect(strength).toBeGreaterThanOrEqual(0);
        expect(strength).toBeLessThanOrEqual(1);
      }
    }));
  });

  it('rises with the value, and never falls', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 5, maxLength: 30 }), fc.double({ min: 0, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1e12, noNaN: true }), (values, a, b) => {
      const spread = spreadOf(ones(values));
      expect(excess(Math.max(a, b), spread, 2)).toBeGreaterThanOrEqual(excess(Math.min(a, b), spread, 2));
      const [near, far] = [spread.high + Math.min(a, b), spread.high + Math.max(a, b)];
      expect(outside(far, spread, 1)).toBeGreaterThanOrEqual(outside(near, spread, 1));
    }));
  });

  it('does not explode where a value was always the same', () => {
    const same = spreadOf(ones([5, 5, 5, 5, 5, 5]));
    expect(excess(6, same, 2)).toBe(0);
    expect(excess(10, same, 2)).toBe(0);
    expect(excess(50, same, 2)).toBeGreaterThan(0.7);
  });

  it('says nothing of fewer than five', () => {
    expect(excess(1e9, spreadOf(ones([1, 1, 1, 1])), 1)).toBe(0);
    expect(excess(1e9, spreadOf(ones([1, 1, 1, 1, 1])), 1)).toBeGreaterThan(0.9);
  });

  it('is nothing wherever others have been', () => {
    const two = spreadOf(ones([...Array(40).fill(10), ...Array(30).fill(5_000)] as number[]));
    expect(outside(5_000, two, 1)).toBe(0);
    expect(outside(50_000, two, 1)).toBeGreaterThan(0.9);
  });
});

describe('a sample', () => {
  it('is bounded, the same for the same values, and spread over all of them', () => {
    const take = () => { const sample = new Sample(16); for (let i = 0; i < 100_000; i++) sample.add(i); return sample.values; };
    expect(take()).toEqual(take());
    expect(take().length).toBeLessThanOrEqual(32);
    expect(take().length).toBeGreaterThanOrEqual(16);
    expect(take().at(-1)!).toBeGreaterThan(90_000);
    const few = new Sample(16);
    for (const value of [3, 1, 2]) few.add(value);
    expect(few.values).toEqual([3, 1, 2]);
  });
});
