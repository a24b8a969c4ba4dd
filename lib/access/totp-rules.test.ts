import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFirstTotp, judgeTotp as judge, totpEnrolment } from './totp-rules';

const secret = Buffer.from('12345678901234567890');
const judgeTotp = (key: Uint8Array, typed: string, now: Date, last: bigint) => judge(key, typed, now, last, 'SHA1');
const at = (seconds: number) => new Date(seconds * 1_000);

describe('a one-time password', () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  it.each([[59, '287082'], [1_111_111_109, '081804'], [1_111_111_111, '050471'], [1_234_567_890, '005924'], [2_000_000_000, '279037'], [20_000_000_000, '353130']])('at %d is %s', (seconds, code) => {
    expect(judgeTotp(secret, code, at(seconds), 0n)).toEqual({ kind: 'right', step: BigInt(Math.floor(seconds / 30)) });
  });

  // The same, SHA-256, whose secret there has 32 bytes.
  it.each([[59, '119246'], [1_111_111_109, '084774'], [1_111_111_111, '062674'], [1_234_567_890, '819424'], [2_000_000_000, '698825'], [20_000_000_000, '737706']])('at %d is %s by SHA-256', (seconds, code) => {
    const long = Buffer.from('12345678901234567890123456789012');
    expect(judge(long, code, at(seconds), 0n, 'SHA256')).toEqual({ kind: 'right', step: BigInt(Math.floor(seconds / 30)) });
    expect(judge(long, code, at(seconds), 0n, 'SHA1')).toEqual({ kind: 'wrong' });
    expect(judgeFirstTotp(long, code, at(seconds))).toMatchObject({ algorithm: 'SHA256', verdict: { kind: 'right' } });
  });

  it('shows by its first code which of the two the app counts with', () => {
    expect(judgeFirstTotp(secret, '005924', at(1_234_567_890))).toMatchObject({ algorithm: 'SHA1', verdict: { kind: 'right' } });
    expect(judgeFirstTotp(secret, '005925', at(1_234_567_890)).verdict.kind).toBe('wrong');
  });

  it('is taken one step early and one late, and not two', () => {
    const code = '005924';
    for (const off of [-30, 30]) expect(judgeTotp(secret, code, at(1_234_567_890 + off), 0n).kind, String(off)).toBe('right');
    for (const off of [-61, 60, 90]) expect(judgeTotp(secret, code, at(1_234_567_890 + off), 0n).kind, String(off)).toBe('wrong');
  });

  it('is used once: the same step and those before it are over', () => {
    const step = BigInt(Math.floor(1_234_567_890 / 30));
    expect(judgeTotp(secret, '005924', at(1_234_567_890), step - 1n).kind).toBe('right');
    for (const last of [step, step + 1n]) expect(judgeTotp(secret, '005924', at(1_234_567_890), last).kind).toBe('used');
  });

  it('may be typed with spaces and dashes, and nothing else', () => {
    for (const typed of ['005 924', ' 005924 ', '005-924']) expect(judgeTotp(secret, typed, at(1_234_567_890), 0n).kind).toBe('right');
    for (const typed of ['', '5924', '0059240', '005924x', '００５９２４', 'undefined']) expect(judgeTotp(secret, typed, at(1_234_567_890), 0n).kind).toBe('wrong');
  });

  it('takes no text that is not one of three codes, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{6}$/)), fc.integer({ min: 0, max: 4_000_000_000 }), (typed, seconds) => {
      const verdict = judgeTotp(secret, typed, at(seconds), 0n);
      if (verdict.kind === 'right') expect(typed.replace(/[\s-]/g, '')).toMatch(/^\d{6}$/);
      if (verdict.kind === 'right') expect(Math.abs(Number(verdict.step) - Math.floor(seconds / 30))).toBeLessThanOrEqual(1);
    }));
  });

  it('is enrolled by an address that says whose it is and how it counts', () => {
    const { secret: text, uri } = totpEnrolment(secret, { issuer: 'Countersign (staging)', account: 'ada@example.org' });
    expect(text).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    const url = new URL(uri);
    expect(`${url.protocol}//${url.host}`).toBe('otpauth://totp');
    expect(Object.fromEntries(url.searchParams)).toEqual({ issuer: 'Countersign (staging)', secret: text, algorithm: 'SHA256', digits: '6', period: '30' });
    expect(decodeURIComponent(url.pathname)).toBe('/Countersign (staging):ada@example.org');
  });
});
