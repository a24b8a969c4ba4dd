import { expect, it } from 'vitest';
import { LookAgain } from './look-again';

it('shares one reading among all who come before it begins, and gives nobody one that began before them', async () => {
  let begun = 0;
  const ends: (() => void)[] = [];
  const again = new LookAgain(() => new Promise((resolve) => { begun += 1; ends.push(resolve); }));
  const first = again.look();
  await Promise.resolve();
  await expect.poll(() => begun).toBe(1);
  const later = [again.look(), again.look()];
  expect(begun).toBe(1);
  ends[0]!();
  expect(await first).toBe(true);
  await expect.poll(() => begun).toBe(2);
  ends[1]!();
  expect(await Promise.all(later)).toEqual([true, true]);
  expect(begun).toBe(2);
});

it('says that nobody knows where the reading fails or does not come to an end', async () => {
  expect(await new LookAgain(() => Promise.reject(new Error('away'))).look()).toBe(false);
  expect(await new LookAgain(() => new Promise(() => {})).look()).toBe(false);
});
