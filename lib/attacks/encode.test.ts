import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMarked, encoders } from './encode';

describe('marked text', () => {
  it.each([
    ['a [[base64]]hello[[/base64]] b', 'a aGVsbG8= b'],
    ['[[hex]]hi[[/hex]]', '6869'],
    ['[[url]]a b[[/url]]', '%61%20%62'],
    ['[[rot13]]Uryyb[[/rot13]]', 'Hello'],
    ['[[zerowidth]]ab[[/zerowidth]]', 'a\u200bb'],
    ['[[homoglyph]]ace[[/homoglyph]]', 'асе'],
    ['[[tags]]A[[/tags]]', '\u{E0041}'],
    ['[[base64]][[rot13]]uv[[/rot13]][[/base64]]', 'aGk='],
    ['[[escapes]]ä[[/escapes]]', '\\u00e4'],
    ['nothing marked [1] [[2,3]]', 'nothing marked [1] [[2,3]]'],
  ])('%s', (marked, expected) => { expect(encodeMarked(marked)).toBe(expected); });

  it('names what it does not know', () => { expect(() => encodeMarked('[[morse]]a[[/morse]]')).toThrow(/"morse" is no way of encoding/); });

  it('can be read again', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(Buffer.from(encoders.base64(text), 'base64').toString()).toBe(text);
      expect(Buffer.from(encoders.hexspaced(text).replaceAll(' ', ''), 'hex').toString()).toBe(text);
      expect(decodeURIComponent(encoders.url(text))).toBe(text);
      expect(encoders.rot13(encoders.rot13(text))).toBe(text);
      expect(encoders.reversed(encoders.reversed(text))).toBe(text);
    }));
  });
});
