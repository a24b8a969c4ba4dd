import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleMs } from '@/lib/testing/processor-time';
import type { About, Detector } from '../detector';
import { canaryDetector } from './canary';
import { egress } from './egress';
import { personalData } from './personal-data';
import { secrets } from './secrets';

const about: About = { channel: 'argument', trusted: false, canary: 'csc-9d1f07b3e65a4c82b0f96e1d3a7c5842', delimiter: 'data-1', domains: ['northwind-bank.example', 'acmesoft.co.uk'] };
/** What is tried again to be reached, and what only time that grows faster than the text takes; the figures are the bench’s. */
const mostMs = 50;
const runawayMs = 1_000;

const quickest = (detector: Detector, text: string): number => idleMs(() => { detector.see(text, about); }, mostMs);

const fragments = ['a', 'A', '1', '1 ', '1-', '1.', '(', ')', '[', '![', '](', '<img src=', '"', '\'', '\\', '@', '.', ':', '::', '//', 'http://', 'x.co.', 'a@b.', 'ey', 'eyJ', '-----BEGIN ', 'PRIVATE KEY-----', 'password', 'password=', 'token: "', 'key', '-u ', 'Q~', '-us', '|', ':AA', 'AC', 'SK', 's.', 'M', '+', '%', '=', '/', 'xn--', '0x', 'bc1', '3', 'é', '\u200b', '\ud800', '\n', ' ', '\t', 'csc', '9d1f07', 'born ', 'GB82', 'a.b.', '-', '_', 'sk-', 'ff:', '00-', '0.0.', '-----END FOO-----', 'sk-ant-', 'x@y.z ', '漢', '\u{1d41a}', '@a.'];

describe.each([secrets, personalData, canaryDetector, egress].map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  it('sees nothing in nothing', () => expect(detector.see('', about)).toEqual([]));

  it.each([
    ['ten megabytes of one letter', 'a'.repeat(10_000_000)], ['ten megabytes of digits', '4'.repeat(10_000_000)], ['ten megabytes of words', 'the quick brown fox '.repeat(500_000)], ['ten megabytes of addresses', 'https://a.test/?q=1 b@c.test '.repeat(340_000)],
    ['lone surrogates', '\ud800'.repeat(20_000) + '\udc00'.repeat(20_000)], ['digits and spaces', '1 2'.repeat(20_000)], ['numbers of every kind', Array.from({ length: 9_000 }, (__, i) => String(i * 7_919_317_093)).join(' ')],
  ])('takes no runaway time on %s', (__, text) => expect(quickest(detector, text)).toBeLessThan(runawayMs));

  it('takes no runaway time on whatever is repeated', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 4 }), fc.constantFrom(...fragments), (unit, last) => {
      const piece = unit.join('');
      const took = quickest(detector, piece.repeat(Math.ceil(65_536 / piece.length)) + last);
      if (took > runawayMs) throw new Error(`${took.toFixed(0)} ms on ${JSON.stringify(piece)} over and over`);
    }), { numRuns: 40 });
  }, 60_000);

  it('points into the text, whatever it holds', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      for (const { span, score } of detector.see(text, about)) {
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        if (span) expect(0 <= span[0] && span[0] < span[1] && span[1] <= text.length).toBe(true);
      }
    }));
  });
});
