import { expect, it } from 'vitest';
import { concerns, RecentHints } from './recent-hints';

it('tells whom a hint concerns', () => {
  expect(concerns(['*'], ['log'])).toBe(true);
  expect(concerns(['session:a'], ['session:'])).toBe(true);
  expect(concerns(['session:a'], ['session:b', 'sessions'])).toBe(false);
  expect(concerns([], ['log'])).toBe(false);
});

it('keeps a hint for whoever comes to listen a little later, and not for ever', () => {
  const hints = new RecentHints();
  hints.add(['switches'], 1_000);
  expect(hints.missed(['switches'], 1_200)).toBe(true);
  expect(hints.missed(['approvals'], 1_200)).toBe(false);
  expect(hints.missed(['switches'], 60_000)).toBe(false);
});
