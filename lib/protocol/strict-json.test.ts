import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonValue, parseStrictJson } from './strict-json';

const issueOf = (input: string | Uint8Array, limits = {}) => {
  const result = parseStrictJson(input, limits);
  return result.ok ? 'accepted' : `${result.issues[0].path}: ${result.issues[0].message}`;
};

describe('parseStrictJson', () => {
  it.each([
    ['a duplicate key', '{"a":1,"b":{"c":[0,{"d":1,"d":2}]}}', '/b/c/1/d: appears twice'],
    ['a duplicate key behind an escape', '{"ab":1,"\\u0061b":2}', '/ab: appears twice'],
    ['a duplicate key around strings full of punctuation', '{"x":"{\\"a\\":1,:","a/b":1, "a/b" : 2}', '/a~1b: appears twice'],
    ['the character U+0000', '{"a":"b\\u0000"}', '/a: contains the character U+0000'],
    ['the character U+0000 in a key', '{"\\u0000":1}', '/\0: has the character U+0000 in its key'],
    ['a lone surrogate', '{"a":"\\ud83d"}', '/a: contains a lone surrogate'],
    ['a lone surrogate in a key', '{"\\udc00":1}', '/\ufffd: has a lone surrogate in its key'],
    ['2^53', '{"n":9007199254740992}', '/n: is a number beyond ±2^53'],
    ['-2^53-1', '[-9007199254740993]', '/0: is a number beyond ±2^53'],
    ['1e400', '1e400', ': is a number beyond ±2^53'],
    ['1e20', '[1e20]', '/0: is a number beyond ±2^53'],
    ['__proto__', '{"a":{"__proto__":{"admin":true}}}', '/a/__proto__: is a refused key'],
    ['constructor', '{"constructor":1}', '/constructor: is a refused key'],
    ['prototype', '{"prototype":1}', '/prototype: is a refused key'],
    ['__entity', '{"__entity":{"type":"User","id":"x"}}', '/__entity: is a refused key'],
    ['__extn', '[{"__extn":1}]', '/0/__extn: is a refused key'],
    ['__expr', '{"\\u005f_expr":1}', '/__expr: is a refused key'],
    ['trailing garbage', '{"a":1} x', ': is not valid JSON'],
    ['nothing', '', ': is not valid JSON'],
    ['NaN', 'NaN', ': is not valid JSON'],
    ['a comment', '{/**/}', ': is not valid JSON'],
    ['an unclosed string', '{"a":"b', ': is not valid JSON'],
    ['a byte order mark', '\ufeff{"a":1}', ': starts with a byte order mark'],
    ['a byte order mark in bytes', Buffer.from('\ufeff{"a":1}'), ': starts with a byte order mark'],
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), ': is not valid UTF-8'],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), ': is not valid UTF-8'],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), ': is not valid UTF-8'],
    ['depth 33', '['.repeat(33) + ']'.repeat(33), ': is nested deeper than 32 levels'],
    ['a hundred thousand brackets', '['.repeat(100_000), ': is nested deeper than 32 levels'],
  ])('refuses %s', (_name, input, expected) => {
    expect(issueOf(input)).toBe(expected);
  });

  it('takes what lies just inside the limits', () => {
    expect(issueOf('['.repeat(32) + ']'.repeat(32))).toBe('accepted');
    expect(issueOf('[9007199254740991,-9007199254740991,1.5,-0,1e-400]')).toBe('accepted');
    expect(issueOf('{"a":{"a":{"a":"a:a"}},"b":[{"a":1},{"a":2}]}')).toBe('accepted');
    expect(issueOf(JSON.stringify('x'.repeat(256 * 1024 - 2)))).toBe('accepted');
    expect(issueOf(JSON.stringify('x'.repeat(256 * 1024 - 1)))).toBe(': is larger than 262144 bytes');
  });

  it('counts bytes, not characters', () => {
    expect(issueOf('"ééé"', { maxBytes: 8 })).toBe('accepted');
    expect(issueOf('"ééé"', { maxBytes: 7 })).toBe(': is larger than 7 bytes');
  });

  it('agrees with JSON.parse on everything it accepts, and accepts every ordinary value', () => {
    fc.assert(
      fc.property(ordinaryJson, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
        expect(parseStrictJson(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
        expect(checkJsonValue(JSON.parse(text)).ok).toBe(true);
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '1', 'e')).map((all) => all.join(''))), (text) => void parseStrictJson(text)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseStrictJson(bytes)));
  });
});

describe('checkJsonValue', () => {
  it.each([
    ['bytes', { file: Buffer.from('x') }, '/file: is not a JSON value'],
    ['undefined', { a: undefined }, '/a: is not a JSON value'],
    ['a bigint', [1n], '/0: is not a JSON value'],
    ['a date', new Date(0), ': is not a JSON value'],
    ['NaN', [Number.NaN], '/0: is a number beyond ±2^53'],
    ['infinity', [Number.NEGATIVE_INFINITY], '/0: is a number beyond ±2^53'],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), '/__proto__: is a refused key'],
    ['a lone surrogate', ['ok', '\udfff'], '/1: contains a lone surrogate'],
  ])('refuses %s', (_name, value, expected) => {
    const result = checkJsonValue(value);
    expect(result.ok ? 'accepted' : `${result.issues[0].path}: ${result.issues[0].message}`).toBe(expected);
  });

  it('refuses a loop and a very deep value without overflowing the stack', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    let deep: unknown = 0;
    for (let i = 0; i < 1_000_000; i++) deep = [deep];
    for (const value of [loop, deep]) {
      const result = checkJsonValue(value);
      expect(result.ok).toBe(false);
    }
  });

  it('refuses a large value whether it is large by strings, keys or members', () => {
    const limits = { maxBytes: 1000 };
    expect(checkJsonValue('é'.repeat(500), limits).ok).toBe(false);
    expect(checkJsonValue({ ['k'.repeat(1000)]: 1 }, limits).ok).toBe(false);
    expect(checkJsonValue(new Array(1000).fill(0), limits).ok).toBe(false);
    expect(checkJsonValue(new Array(300).fill(0), limits).ok).toBe(true);
  });
});

const ordinaryJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.string({ unit: 'grapheme' }),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }).filter((key) => !/^(__|constructor|prototype)/.test(key)), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
