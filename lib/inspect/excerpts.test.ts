import fc from 'fast-check';
import { expect, it } from 'vitest';
import { excerptsOf } from './excerpts';

it('gives the text in order, together with its gaps all of it', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 20_000 }), fc.string({ maxLength: 20 }), (length, most, salt) => {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const { excerpts, gaps } = excerptsOf(text, most, salt);
    for (const excerpt of excerpts) expect(text.startsWith(excerpt.text, excerpt.at)).toBe(true);
    const covered = excerpts.reduce((sum, excerpt) => sum + excerpt.text.length, 0) + gaps.reduce((sum, [start, end]) => sum + end - start, 0);
    expect(covered).toBe(length);
    expect(excerpts.reduce((sum, excerpt) => sum + excerpt.text.length, 0)).toBeLessThanOrEqual(most);
  }));
});

it('looks elsewhere in another session', () => {
  const places = (salt: string) => excerptsOf('z'.repeat(1_000_000), 10_000, salt).excerpts.map(({ at }) => at).join();
  expect(places('one')).toBe(places('one'));
  expect(places('one')).not.toBe(places('two'));
});
