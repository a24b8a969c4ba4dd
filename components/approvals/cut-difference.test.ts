import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutDifference } from './cut-difference';

describe('two values that differ, cut', () => {
  it('are whole where they are short', () => expect(cutDifference('a', 'b')).toEqual(['a', 'b']));
  it('show what differs, however far down it stands', () => {
    const [before, after] = cutDifference(`${'x'.repeat(9_000)}ada@ours.example${'y'.repeat(9_000)}`, `${'x'.repeat(9_000)}eve@evil.example${'y'.repeat(9_000)}`);
    expect([before, after]).toEqual([expect.stringContaining('ada@ours.example'), expect.stringContaining('eve@evil.example')]);
    expect(before).toContain('[… 8,960 more …]');
    expect(before.length).toBeLessThan(300);
  });
  it('never read the same, and never run long', () => {
    const text = fc.string({ unit: 'binary', maxLength: 120 });
    fc.assert(fc.property(text, text, text, text, (head, one, other, tail) => {
      fc.pre(one !== other);
      const [before, after] = cutDifference(head + one + tail, head + other + tail, 100);
      expect(Math.max(before.length, after.length)).toBeLessThan(200);
      // Of what is longer than both ends of a cut the middle is counted; shorter, it is there.
      if (one.length < 20 && other.length < 20) expect(before).not.toBe(after);
    }));
  });
});
