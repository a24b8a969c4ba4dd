import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Origin } from '@/lib/protocol/decision';
import { fold, SeenTexts, traceArguments } from './index';
import { isPlainWord, isTraceable } from './ordinary';
import { rankOf } from './seen-texts';

const encoders: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  'upper case': (text) => text.toUpperCase().toLowerCase() === text ? text.toUpperCase() : text,
  'other spacing': (text) => text.replaceAll(' ', ' \n\t '),
  'zero-width': (text) => [...text].join('\u200b'),
  'full width': (text) => text.replace(/[a-z0-9@]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
  url: encodeURIComponent,
  'url, all of it': (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'url twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  form: (text) => `/find?${new URLSearchParams({ q: text }).toString()}`,
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 twice': (text) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
  'base64 in lines': (text) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n'),
  'base64 in a path': (text) => `/in/${Buffer.from(text).toString('base64url')}`,
  'UTF-16 in base64': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'spaced hex': (text) => Buffer.from(text).toString('hex').replace(/..(?=.)/g, '$& '),
  'decimal entities': (text) => [...text].map((sign) => `&#${sign.codePointAt(0)};`).join(''),
  'hexadecimal entities': (text) => [...text].map((sign) => `&#x${sign.codePointAt(0)!.toString(16)};`).join(''),
  escapes: (text) => text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  'quoted-printable': (text) => [...Buffer.from(text)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('').replace(/.{72}/g, '$&=\r\n'),
};

const sign = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789', ' ', ' ', ' ', '@', '.', '-', '_', 'é', 'ж', '漢');
const text = fc.array(sign, { minLength: 120, maxLength: 400 }).map((signs) => signs.join(''));
/** A text, and a piece of it that says something. It begins and ends within a word: of a short one, a mark at its edge can be taken for the encoding's. */
const cut = fc.tuple(text, fc.nat(), fc.integer({ min: 8, max: 110 })).map(([whole, from, length]) => {
  const start = from % (whole.length - length);
  return { whole, piece: whole.slice(start, start + length).trim() };
}).filter(({ piece }) => {
  const folded = fold(piece).text;
  return folded.length >= 8 && isTraceable(folded) && !isPlainWord(folded) && /[a-z0-9]{3}/.test(folded) && /^[\p{L}\p{N}].*[\p{L}\p{N}]$/u.test(folded);
});
const seenOne = (value: string, origin: Origin = 'tool') => {
  const seen = new SeenTexts();
  seen.add(1, 'user', ['something that has nothing to do with it']);
  seen.add(9, origin, [value]);
  return seen;
};
const trace = (value: string, seen: SeenTexts) => traceArguments({ x: value }, seen)['/x'];

describe('whatever piece of a source, and however it is written', () => {
  for (const [name, encode] of Object.entries(encoders)) {
    it(`is found in ${name} of it`, () => {
      fc.assert(fc.property(cut, ({ whole, piece }) => {
        const found = trace(encode(piece), seenOne(whole));
        expect(found).toMatchObject({ origin: 'tool', seq: 9 });
        expect(found!.span![0]).toBeGreaterThanOrEqual(0);
        expect(found!.span![1]).toBeLessThanOrEqual(whole.length);
      }), { numRuns: 60 });
    });
    it(`is found when the source is in ${name}`, () => {
      fc.assert(fc.property(cut, ({ whole, piece }) => {
        const source = `see ${encode(whole)} there`;
        const found = trace(piece, seenOne(source));
        expect(found).toMatchObject({ origin: 'tool', seq: 9 });
        expect(found!.span![1]).toBeLessThanOrEqual(source.length);
      }), { numRuns: 60 });
    });
  }
  it('is found when both are written otherwise', () => {
    const names = fc.constantFrom(...Object.keys(encoders));
    fc.assert(fc.property(cut, names, names, ({ whole, piece }, ours, theirs) => {
      expect(trace(encoders[ours]!(piece), seenOne(`see ${encoders[theirs]!(whole)} there`))).toMatchObject({ origin: 'tool', seq: 9 });
    }), { numRuns: 200 });
  });
  it('is found backwards', () => {
    fc.assert(fc.property(cut, ({ whole, piece }) => {
      expect(trace([...piece].reverse().join(''), seenOne(whole))).toMatchObject({ origin: 'tool', seq: 9 });
    }), { numRuns: 60 });
  });
  it('is found anywhere in a long text, and its span says where', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom('kx-204', 'drop19@relay.example', 'the third boiler on the left behind the harbour office at night'), (at, piece) => {
      const filler = 'lorem 12 ipsum dolor-sit amet; '.repeat(2_000);
      const source = `${filler.slice(0, at)} ${piece} ${filler.slice(at)}`;
      const found = trace(piece, seenOne(source))!;
      expect(found).toMatchObject({ origin: 'tool', seq: 9 });
      expect(source.slice(...found.span!)).toBe(piece);
    }), { numRuns: 60 });
  });
});

it('is found in quotation marks, also doubly quoted, where it is short and begins or ends with a mark of its own', () => {
  const short = fc.tuple(fc.constantFrom('-', '_', '.', '@', ''), fc.stringMatching(/^[a-z0-9]{7}$/), fc.constantFrom('-', '_', '.', '@', '')).map((parts) => parts.join('')).filter((piece) => piece.length >= 8 && isTraceable(piece) && !isPlainWord(piece));
  fc.assert(fc.property(short, fc.constantFrom('', 'ab', '7', ' '), fc.constantFrom<keyof typeof encoders>('plain', 'JSON in JSON', 'url'), (piece, around, theirs) => {
    const seen = seenOne(`see ${encoders[theirs]!(`they wrote ${around}${piece}${around} on the lid`)} there`);
    for (const value of [piece, `"${piece}"`, `'${piece}'`, JSON.stringify(JSON.stringify(piece)), `\\"${piece}\\"`]) expect(trace(value, seen), value).toMatchObject({ origin: 'tool', seq: 9 });
  }), { numRuns: 300 });
});

it('attributes nothing that stands nowhere', () => {
  const one = fc.stringMatching(/^[a-f0-4 .@-]{10,300}$/);
  const other = fc.stringMatching(/^[n-z5-9 .@-]{1,300}$/);
  fc.assert(fc.property(fc.array(fc.tuple(one, fc.constantFrom<Origin>('user', 'tool', 'document', 'memory')), { minLength: 1, maxLength: 5 }), other, (sources, value) => {
    const seen = new SeenTexts();
    sources.forEach(([source, origin], i) => seen.add(i + 1, origin, [source]));
    expect(trace(value, seen)).toEqual({ origin: 'model', also: [] });
  }));
});

it('says the same as comparing every text', () => {
  const small = fc.stringMatching(/^[ab12]{0,60}$/);
  const origin = fc.constantFrom<Origin>('operator', 'user', 'memory', 'agent', 'document', 'tool');
  const sources = fc.array(fc.tuple(fc.array(small, { maxLength: 4 }).map((parts) => parts.join('#')), origin), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(sources, fc.stringMatching(/^[ab12]{8,10}$/), (texts, value) => {
    fc.pre(isTraceable(value) && !isPlainWord(value));
    const seen = new SeenTexts();
    texts.forEach(([source, from], i) => seen.add(i + 1, from, [source]));
    const holders = (piece: string) => texts.map(([source, from], i) => ({ seq: i + 1, origin: from, holds: source.includes(piece) })).filter(({ holds }) => holds).sort((a, b) => rankOf[b.origin] - rankOf[a.origin] || a.seq - b.seq);
    const [first, ...also] = holders(value);
    const found = trace(value, seen)!;
    if (first) expect({ origin: found.origin, seq: found.seq, also: found.also.map(({ origin: from, seq }) => ({ origin: from, seq })) }).toEqual({ origin: first.origin, seq: first.seq, also: also.map(({ origin: from, seq }) => ({ origin: from, seq })) });
    else if (holders([...value].reverse().join('')).length === 0) expect(found).toEqual({ origin: 'model', also: [] });
  }), { numRuns: 500 });
});

it('is the same whatever came between, as long as all of it is kept', () => {
  fc.assert(fc.property(cut, fc.array(text, { maxLength: 20 }), ({ whole, piece }, others) => {
    const seen = seenOne(whole);
    others.forEach((other, i) => seen.add(100 + i, 'user', [other.replaceAll(piece, '')]));
    expect(trace(piece, seen)).toMatchObject({ origin: 'tool', seq: 9 });
  }), { numRuns: 60 });
});
