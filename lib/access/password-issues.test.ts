import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonPasswordHashes } from './common-password-hashes';
import { isCommonPassword, listedPasswords } from './common-passwords';
import { passwordIssues } from './password-issues';

describe('a password that is chosen', () => {
  const email = 'margaret@example.org';
  it.each(['short', 'elevenchars', 'passwordpassword', 'PasswordPassword', 'password1234', 'Administrator!', 'welcome2026!!', 'aaaaaaaaaaaaaaa', 'abababababab', 'margaret@example.org', 'margaret2026', 'x'.repeat(257)])('refuses %s', (password) => {
    expect(passwordIssues(password, email)).toHaveLength(1);
  });
  it.each(['violet harbour lantern 7', 'ünïcode pässphräse', 'correct horse battery stapler', '日本語のパスワードは長いほど良い', 'k9#mQ2$vL5@xR8'])('takes %s', (password) => {
    expect(passwordIssues(password, email)).toEqual([]);
  });
  it('refuses what the operator’s list of breached passwords has, in whichever form it was typed, and nothing else', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'breached-'));
    try {
      const list = path.join(folder, 'list');
      writeFileSync(list, ['violet harbour lantern 7', 'leave me alone ﬁve'].map((one) => `${createHash('sha1').update(one.normalize('NFKC')).digest('hex').toUpperCase()}:3\n`).sort().join(''));
      for (const password of ['violet harbour lantern 7', 'leave me alone ﬁve', 'leave me alone five']) expect(passwordIssues(password, email, list)).toMatchObject([{ path: '/password', message: expect.stringContaining('in a breach') }]);
      expect(passwordIssues('violet harbour lantern 8', email, list)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  it('is counted in characters, and taken whole up to 256 of them', () => {
    const long = Array.from({ length: 256 }, (_, i) => String.fromCodePoint(0x1f300 + (i % 200))).join('');
    expect(long.length).toBe(512);
    expect(passwordIssues(long, email)).toEqual([]);
    expect(passwordIssues(`${long}x`, email)).toHaveLength(1);
  });
});

describe('the list of common passwords', () => {
  // From the top, the middle and the end of what fits the length, in whatever case.
  it.each(['123qweasdzxc', '1qaz2wsx3edc', 'qwerty123456', 'QwertyQwerty', 'leavemealone', 'sonyericsson', 'websolutions', 'Mailcreated5240', 'megaparol12345', 'ferias-evolution', 'jack1+ollie2', 'ｌｅａｖｅｍｅａｌｏｎｅ'])('has %s', (word) => {
    expect(isCommonPassword(word)).toBe(true);
  });
  it('has more than three times the 3,000 that ASVS asks for, sorted, each once', () => {
    expect(listedPasswords()).toBe(10_000);
    const all = Buffer.from(commonPasswordHashes, 'base64');
    for (let at = 6; at < all.length; at += 6) expect(Buffer.compare(all.subarray(at - 6, at), all.subarray(at, at + 6))).toBeLessThan(0);
  });
  it('finds what it has and nothing else', () => {
    const all = Buffer.from(commonPasswordHashes, 'base64');
    const kept = new Set(Array.from({ length: all.length / 6 }, (_, i) => all.subarray(i * 6, i * 6 + 6).toString('hex')));
    // What it says of any text is what a plain set says of its hash.
    fc.assert(fc.property(fc.string({ minLength: 12, maxLength: 40, unit: 'grapheme' }), (text) => {
      const plain = text.normalize('NFKC').toLowerCase();
      if (/^[a-z]*[^a-z]*$/.test(plain)) return;
      expect(isCommonPassword(text)).toBe(kept.has(createHash('sha256').update(plain).digest('hex').slice(0, 12)));
    }));
    for (const word of ['leavemealonf', 'sonyericssom', 'ferias-evolutiom']) expect(isCommonPassword(word)).toBe(false);
  });
  it('takes no time to ask ten thousand times', () => {
    const before = performance.now();
    for (let i = 0; i < 10_000; i++) isCommonPassword(`violet harbour lantern ${i}x`);
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
