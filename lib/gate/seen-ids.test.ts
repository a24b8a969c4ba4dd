import { expect, it } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { SeenIds } from './seen-ids';

it('never denies an id that was added, whatever ids look like', () => {
  const seen = new SeenIds();
  const ids = [...Array.from({ length: 20_000 }, (_, i) => `r-${i}`), ...Array.from({ length: 5_000 }, () => newId()), '', 'a', 'aa', '\u0000'];
  for (const id of ids) seen.add(id);
  expect(ids.filter((id) => !seen.has(id))).toEqual([]);
});

it('rarely says perhaps of one that was not', () => {
  const seen = new SeenIds();
  for (let i = 0; i < 50_000; i++) seen.add(`r-${i}`);
  let perhaps = 0;
  for (let i = 50_000; i < 100_000; i++) if (seen.has(`r-${i}`)) perhaps += 1;
  expect(perhaps / 50_000).toBeLessThan(0.05);
});

it('knows nothing at first', () => {
  expect(new SeenIds().has('anything')).toBe(false);
});
