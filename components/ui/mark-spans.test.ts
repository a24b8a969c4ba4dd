import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { markSpans } from './mark-spans';

describe('marking what came from outside', () => {
  it('cuts a value at its spans', () => {
    expect(markSpans('send to evil@x', [[8, 14]])).toEqual([{ text: 'send to ', untrusted: false }, { text: 'evil@x', untrusted: true }]);
  });
  it('never loses text, whatever the spans are', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.tuple(fc.integer({ min: -5, max: 40 }), fc.integer({ min: -5, max: 40 }))), (text, spans) => {
      expect(markSpans(text, spans).map((piece) => piece.text).join('')).toBe(text);
    }));
  });
});
