import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { closePools, closePrisma, sql, sqlTransaction, sqlTransactionOnce, transaction } from './index';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.url;
  await sql.rows('CREATE TABLE pair (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)');
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

type Add = (id: number) => Promise<unknown>;
const withPlain = (once: boolean) => (work: (add: Add) => Promise<void>) => (once ? sqlTransactionOnce : sqlTransaction)((tx) => work((id) => tx.rows('UPDATE pair SET n = n + 1 WHERE id = $1', [id])));
const withPrisma = (work: (add: Add) => Promise<void>) => transaction((tx) => work((id) => tx.$executeRaw`UPDATE pair SET n = n + 1 WHERE id = ${id}`));

/** Each takes its first row, and asks for the other's only when both have theirs: Postgres has to end one of the two. */
async function circle(run: (work: (add: Add) => Promise<void>) => Promise<void>): Promise<{ runs: number; results: PromiseSettledResult<void>[] }> {
  await sql.rows('DELETE FROM pair');
  await sql.rows('INSERT INTO pair (id) VALUES (1), (2)');
  let runs = 0, holding = 0;
  let bothHold = () => {};
  const both = new Promise<void>((resolve) => { bothHold = resolve; });
  const one = (first: number, second: number) => run(async (add) => {
    runs += 1;
    await add(first);
    if (++holding >= 2) bothHold();
    await both;
    await add(second);
  });
  return { results: await Promise.allSettled([one(1, 2), one(2, 1)]), runs };
}

describe('two transactions that wait for each other', () => {
  it.each([['plain', withPlain(false)], ['Prisma', withPrisma]])('both come to their end, the %s ones', async (_name, run) => {
    const { results, runs } = await circle(run);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(runs).toBe(3);
    expect(await sql.rows('SELECT n FROM pair ORDER BY id')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('are not run twice where that must not be: the one that was ended says so', async () => {
    const { results, runs } = await circle(withPlain(true));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(runs).toBe(2);
    expect(await sql.rows('SELECT n FROM pair ORDER BY id')).toEqual([{ n: 1 }, { n: 1 }]);
  });
});
