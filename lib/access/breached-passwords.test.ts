import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { isBreachedPassword } from './breached-passwords';

const folder = mkdtempSync(path.join(tmpdir(), 'breached-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha1 = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex').toUpperCase();
function listOf(words: readonly string[], { end = '\n', last = end, count = (i: number) => `:${i}` }: { end?: string; last?: string; count?: (i: number) => string } = {}): string {
  const file = path.join(folder, 'list.txt');
  const lines = words.map(sha1).sort().map((hash, i) => hash + count(i));
  writeFileSync(file, lines.length === 0 ? '' : lines.join(end) + last);
  return file;
}

it('says of every text what a plain set says, however the lines are written', () => {
  const text = fc.string({ maxLength: 30, unit: 'grapheme' });
  fc.assert(fc.property(fc.uniqueArray(text, { maxLength: 60 }), fc.array(text, { maxLength: 10 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean(), (words, others, end, ended, counted) => {
    const file = listOf(words, { end, last: ended ? end : '', count: (i) => (counted ? `:${i ** 5}` : '') });
    const there = new Set(words);
    for (const word of [...words, ...others]) expect(isBreachedPassword(word, file)).toBe(there.has(word));
  }), { numRuns: 60 });
});

it('finds the first, the last and the middle of a long list, and nothing beside them', () => {
  const words = Array.from({ length: 20_000 }, (_, i) => `word number ${i}`);
  const file = listOf(words);
  for (let i = 0; i < words.length; i += 97) {
    expect(isBreachedPassword(words[i]!, file)).toBe(true);
    expect(isBreachedPassword(`${words[i]} more`, file)).toBe(false);
  }
});

it('lets none through where the list is missing or is another one', () => {
  expect(() => isBreachedPassword('violet harbour lantern 7', path.join(folder, 'nowhere'))).toThrow(/cannot be read/);
  const other = path.join(folder, 'plain.txt');
  writeFileSync(other, 'violet harbour lantern 7\nand another one that is no hash\n');
  expect(() => isBreachedPassword('violet harbour lantern 7', other)).toThrow(/cannot be read/);
});
