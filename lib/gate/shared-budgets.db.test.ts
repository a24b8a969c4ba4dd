import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, sql } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import type { Reservation } from './budgets';
import { refundShared, reserveShared, sharedUses } from './shared-budgets';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.urlAs('gateway');
});
afterAll(async () => {
  await closePools();
  await database.drop();
});

const place = (key: string, costE4: number, most: number, calls = 0): Reservation => ({ key, window: '2026-03-01', calls, costE4, ceiling: { costE4: most } });
const used = async (key: string) => (await sharedUses(sql, [key]))[0];

it('never takes more than there is, however many want it at once', async () => {
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => reserveShared(sql, [place('agent:many', 3_000, 50_000)])));
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(16);
  expect(await used('agent:many')).toMatchObject({ costE4: 48_000 });
  // Whoever is refused learns what is used.
  expect(outcomes.find(({ ok }) => !ok)?.used.find(({ key }) => key === 'agent:many')?.costE4).toBeGreaterThan(0);
});

it('takes all of several or none', async () => {
  await reserveShared(sql, [place('class:full', 10, 10)]);
  const refused = await reserveShared(sql, [place('agent:free', 5, 100, 1), place('class:full', 5, 10)]);
  expect(refused).toMatchObject({ ok: false, full: { key: 'class:full' } });
  expect([await used('agent:free'), await used('class:full')]).toMatchObject([{ costE4: 0, calls: 0 }, { costE4: 10 }]);
});

it('counts calls by their own ceiling, and refuses what is over it from the start', async () => {
  const call: Reservation = { key: 'principal:p', window: 'all', calls: 1, costE4: 0, ceiling: { calls: 2 } };
  expect([(await reserveShared(sql, [call])).ok, (await reserveShared(sql, [call])).ok, (await reserveShared(sql, [call])).ok]).toEqual([true, true, false]);
  expect(await reserveShared(sql, [place('agent:poor', 101, 100)])).toMatchObject({ ok: false });
  expect(await used('agent:poor')).toBeUndefined();
});

it('takes what has no ceiling, so that rules can look at it, and gives back what is refunded', async () => {
  const taken: Reservation = { key: 'agent:watched', window: '2026-03-01', calls: 0, costE4: 12_345 };
  expect((await reserveShared(sql, [taken])).used).toEqual([{ key: 'agent:watched', window: '2026-03-01', calls: 0, costE4: 12_345 }]);
  // Whoever gives back hears what is left, and is not refused by what it had taken itself.
  expect(await refundShared(sql, [taken])).toEqual([{ key: 'agent:watched', window: '2026-03-01', calls: 0, costE4: 0 }]);
  expect(await used('agent:watched')).toMatchObject({ costE4: 0 });
});

it('never lets two calls that share several limits wait for each other in a circle', async () => {
  const a = place('agent:a', 1, 1_000_000), b = place('agent:b', 1, 1_000_000);
  const outcomes = await Promise.all(Array.from({ length: 60 }, (_, i) => reserveShared(sql, i % 2 ? [a, b] : [b, a])));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  expect([await used('agent:a'), await used('agent:b')]).toMatchObject([{ costE4: 60 }, { costE4: 60 }]);
});
