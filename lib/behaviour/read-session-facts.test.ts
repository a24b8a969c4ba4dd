import { expect, it } from 'vitest';
import { worthOpening } from './read-session-facts';

const call = (argsId: string | null, bytes: number | null, decision = 'allow') => ({ argsId, bytes, decision });
const MB = 1 << 20;

it('opens what was allowed, and no more at once than may be in memory', () => {
  expect(worthOpening([call('a', 10), call('denied', 10, 'deny'), call(null, null), call('b', null)])).toEqual(['a', 'b']);
  expect(worthOpening([call('a', 20 * MB), call('too large', 20 * MB), call('b', 12 * MB), call('full', 1)])).toEqual(['a', 'b']);
  expect(worthOpening(Array.from({ length: 5_000 }, (_, i) => call(String(i), 1)))).toHaveLength(2_000);
});
