import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOf } from './shape';

describe('the shape of arguments', () => {
  it('is one for words that differ and lengths of one class, whatever the order of the keys', () => {
    expect(shapeOf({ to: 'ada@x.example', body: 'Hello there' })).toBe(shapeOf({ body: 'Bonjour mon', to: 'eve@y.example' }));
  });
  it('is another for another key, type, class of length, number of items, truth or size', () => {
    const shapes = [{ a: 'x' }, { b: 'x' }, { a: 1 }, { a: 'x'.repeat(500) }, { a: ['x'] }, { a: ['x', 'x'] }, { a: true }, { a: false }, { a: null }, { a: 10_000 }, { a: -1 }, { a: { a: 'x' } }, {}].map(shapeOf);
    expect(new Set(shapes).size).toBe(shapes.length);
  });
  it('is the same for the same, never long, and quick for anything that may come', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (args) => {
      expect(shapeOf(args)).toBe(shapeOf(structuredClone(args)));
      expect(shapeOf(args)).toMatch(/^[0-9a-f]{32}$/);
    }));
    const deep = Array.from({ length: 2_000 }).reduce<Record<string, unknown>>((inner) => ({ inner }), {});
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, { list: Array.from({ length: 40 }, () => 'x') }]));
    const from = performance.now();
    for (const one of [deep, wide, { list: Array.from({ length: 200_000 }, () => 'x') }]) shapeOf(one);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
