import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundContext } from './rules';
import type { ContextEntry } from './schema';

const entry = (seq: number, text: unknown): ContextEntry => ({ seq, kind: 'input', origin: 'user', source: null, tool: null, text });

describe('the texts in a dump', () => {
  it('are the newest that fit, whole and without a hole, and every entry keeps its place', () => {
    let cut = 0;
    fc.assert(fc.property(fc.array(fc.option(fc.string({ maxLength: 40 }), { nil: null }), { maxLength: 30 }), fc.integer({ min: 0, max: 300 }), (texts, most) => {
      const given = texts.map((text, i) => entry(i + 1, text));
      const { entries, leftOut } = boundContext(given, most);
      expect(entries.map(({ seq }) => seq)).toEqual(given.map(({ seq }) => seq));
      const kept = entries.filter(({ text }) => text !== null);
      expect(kept.reduce((sum, { text }) => sum + Buffer.byteLength(JSON.stringify(text)), 0)).toBeLessThanOrEqual(most);
      const lost = given.filter((one, i) => one.text !== null && entries[i]!.text === null);
      expect(leftOut).toBe(lost.length);
      cut += leftOut;
      if (lost.length > 0) expect(kept.every(({ seq }) => seq > lost.at(-1)!.seq)).toBe(true);
      for (const [i, one] of entries.entries()) if (one.text !== null) expect(one).toEqual(given[i]);
    }), { numRuns: 300 });
    expect(cut).toBeGreaterThan(0);
  });
});
