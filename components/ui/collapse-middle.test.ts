import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { collapseMiddle } from './collapse-middle';

describe('folding a long value in its middle', () => {
  it('leaves short values whole', () => {
    expect(collapseMiddle('exports@mailbox-relay.example')).toBeNull();
    expect(collapseMiddle('x'.repeat(160))).toBeNull();
  });
  it('keeps both ends and counts what it hides', () => {
    const text = `${'start '.repeat(40)}END`;
    const fold = collapseMiddle(text)!;
    expect(text.slice(0, fold.headEnd)).toMatch(/^start/);
    expect(text.slice(fold.tailStart)).toMatch(/END$/);
    expect(fold.hidden).toBe(fold.tailStart - fold.headEnd);
  });
  it('folds many short lines', () => {
    expect(collapseMiddle('a\nb\nc\nd\ne\nf\ng')).not.toBeNull();
  });
  it('never cuts a character in two and never hides without counting', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 900 }), (text) => {
      const fold = collapseMiddle(text);
      if (!fold) return;
      const head = text.slice(0, fold.headEnd);
      const tail = text.slice(fold.tailStart);
      expect(Array.from(head).length + fold.hidden + Array.from(tail).length).toBe(Array.from(text).length);
    }));
  });
});
