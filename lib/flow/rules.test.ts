import { describe, expect, it } from 'vitest';
import { floodSentence, isFlood } from './flood-rules';
import { isHasty, isWavedThrough, paceWords, seconds, usualWaitWords } from './rules';

describe('a pace', () => {
  it('is said in words, and of nothing decided nothing', () => {
    expect(paceWords({ decisions: 3, eachMs: 41_200 })).toBe('3 in ten minutes, 41 s each');
    expect(paceWords({ decisions: 1, eachMs: 8_000 })).toBe('1 in ten minutes, 8 s');
    expect(paceWords({ decisions: 500, eachMs: null })).toBe('500 in ten minutes');
    expect(paceWords({ decisions: 0, eachMs: null })).toBeUndefined();
  });
  it('is hasty when it is both many and quick: neither alone, and not what was never opened', () => {
    expect(isHasty({ decisions: 12, eachMs: 4_000 })).toBe(true);
    expect(isHasty({ decisions: 9, eachMs: 1_000 })).toBe(false);
    expect(isHasty({ decisions: 40, eachMs: 10_000 })).toBe(false);
    expect(isHasty({ decisions: 500, eachMs: null })).toBe(false);
  });
});

describe('a rule that everyone waves through', () => {
  it('is one of which more than 98 % was approved at once, of enough', () => {
    expect(isWavedThrough({ decisions: 20, quick: 20 })).toBe(true);
    expect(isWavedThrough({ decisions: 19, quick: 19 })).toBe(false);
    expect(isWavedThrough({ decisions: 100, quick: 98 })).toBe(false);
    expect(isWavedThrough({ decisions: 100, quick: 99 })).toBe(true);
    expect(isWavedThrough({ decisions: 0, quick: 0 })).toBe(false);
  });
});

it('times are said whole, and never as nothing', () => {
  expect([0, 400, 41_499, 119_000, 120_000, 7_199_000, 7_200_000].map(seconds)).toEqual(['1 s', '1 s', '41 s', '119 s', '2 min', '120 min', '2 h']);
  expect(usualWaitWords({ p50: 40_000, p90: 240_000 })).toBe('Its like usually wait 40 s, nine in ten at most 4 min.');
  expect(usualWaitWords({ p50: 90_000, p90: 90_000 })).toBe('Its like usually wait 90 s.');
});

it('a flood is more than the limit, not the limit itself', () => {
  expect([119, 120, 121].map((asks) => isFlood(asks, 120))).toEqual([false, false, true]);
  expect(floodSentence(2_000, 120)).toContain('2,000 times within a minute, and 120 are allowed');
});
