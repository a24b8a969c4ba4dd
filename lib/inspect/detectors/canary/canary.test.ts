import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryDetector } from '.';

const canary = 'csc-9d1f07b3e65a4c82b0f96e1d3a7c5842';
const about = { channel: 'argument', trusted: false, canary, delimiter: 'data-1', domains: [] } as const;
const kinds = (text: string) => canaryDetector.see(text, about).map(({ kind }) => kind);
const random = canary.slice(4);

describe('the canary', () => {
  it('is found where it stands', () => expect(canaryDetector.see(`before ${canary} after`, about)).toEqual([{ kind: 'canary_leaked', severity: 'critical', score: 1, span: [7, 7 + canary.length] }]));

  it.each([
    ['upper case', canary.toUpperCase()], ['spaced', [...canary].join(' ')], ['dashed', [...random].join('-')], ['a line for each four', random.replace(/(.{4})/g, '$1\n')], ['zero-width', [...canary].join('\u200b')],
    ['full width', canary.replace(/[a-z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))], ['reversed', [...canary].reverse().join('')], ['rot13', canary.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97))],
    ['base64', Buffer.from(canary).toString('base64')], ['base64 in a longer text', Buffer.from(`{"note":"${canary}","n":1}`).toString('base64')], ['base64url', Buffer.from(`x?${canary}~`).toString('base64url')],
    ['base64 twice', Buffer.from(Buffer.from(`k=${canary};`).toString('base64')).toString('base64')], ['base64 in lines', Buffer.from(`the mark is ${canary} indeed`).toString('base64').replace(/(.{20})/g, '$1\r\n')],
    ['hex', Buffer.from(canary).toString('hex')], ['hex with spaces', Buffer.from(canary).toString('hex').replace(/(..)/g, '$1 ')], ['percent', [...Buffer.from(canary)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['entities', [...canary].map((letter) => `&#${letter.charCodeAt(0)};`).join('')], ['hex entities', [...canary].map((letter) => `&#x${letter.charCodeAt(0).toString(16)};`).join('')], ['escapes', [...canary].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')],
    ['char codes', `[${[...canary].map((letter) => letter.charCodeAt(0)).join(', ')}]`], ['its half', `the code starts ${random.slice(0, 16)}`], ['a piece of twelve', `x${random.slice(9, 21)}y`], ['in pieces', `first csc-${random.slice(0, 8)}, then ${random.slice(8, 16)}, then ${random.slice(16, 24)}, last ${random.slice(24)}`],
  ])('is found in disguise: %s', (_, text) => expect(kinds(`see: ${text} .`)).toHaveLength(1));

  it('says where a disguise stands', () => {
    const [sighting] = canaryDetector.see(`see: ${[...random].join(' ')}!`, about);
    expect(sighting).toMatchObject({ kind: 'canary_disguised', severity: 'critical', span: [5, 5 + random.length * 2 - 1] });
  });

  it('is not taken from texts that have nothing of it', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 400 }), fc.stringMatching(/^[0-9a-f]{64,400}$/), fc.base64String({ maxLength: 400 })), (text) => { expect(kinds(text)).toEqual([]); }));
    expect(kinds('csc-')).toEqual([]);
    expect(kinds('csc-0000000000000000')).toEqual([]);
    expect(canaryDetector.see('anything', { ...about, canary: '' })).toEqual([]);
  });

  it('is found wherever twelve of its characters stand together, whatever is around and between', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 20 }), fc.constantFrom('', ' ', '-', '. ', '\u200b', '::', ' / '), fc.string({ maxLength: 30 }), (from, gap, around) => {
      return kinds(`${around} | ${[...random.slice(from, from + 12)].join(gap)} | ${around}`).length === 1;
    }));
  });
});
