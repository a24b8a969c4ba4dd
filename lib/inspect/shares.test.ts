import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharesOf } from './shares';

const texts = fc.array(fc.nat({ max: 400 }).map((length) => ({ text: 'x'.repeat(length) })), { minLength: 1, maxLength: 60 });

it('is never more than may be looked at nor than there is, uses nearly all of it, and leaves no text without its own', () => {
  fc.assert(fc.property(texts, fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 100 }), (all, most, least) => {
    const shares = sharesOf(all, most, least);
    const [sum, total] = [shares.reduce((a, b) => a + b, 0), all.reduce((a, { text }) => a + text.length, 0)];
    expect(sum).toBeLessThanOrEqual(most);
    expect(sum).toBeGreaterThanOrEqual(Math.min(total, most) - 1 - all.length * 1e-6);
    const each = total <= most ? Infinity : Math.min(least, Math.floor(most / 2 / all.length));
    shares.forEach((share, index) => {
      expect(share).toBeLessThanOrEqual(all[index]!.text.length);
      expect(share).toBeGreaterThanOrEqual(Math.min(each, all[index]!.text.length));
    });
  }));
});
