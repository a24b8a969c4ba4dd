import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, pool } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { BATCH_STATEMENT } from './batch-statement';
import { INSERT_EVENTS } from './record';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // As many as an installation has after a day: few enough that reading all of them looks cheap to the planner.
  await pool(database.url).query(`INSERT INTO log.stream (id, last_seq, head) SELECT 'session/' || gen_random_uuid(), 1, 'h' FROM generate_series(1, 3000)`);
  await pool(database.url).query('ANALYZE log.stream');
});
afterAll(async () => {
  await closePools();
  await database.drop();
});

it.each([['the gate\'s batch', BATCH_STATEMENT], ['a verb\'s events', INSERT_EVENTS]])('finds the streams of %s by name, however many there are', async (_what, statement) => {
  const { rows } = await pool(database.url).query<Record<string, string>>(`EXPLAIN (GENERIC_PLAN) ${statement}`);
  const plan = rows.map((row) => Object.values(row)[0]).join('\n');
  expect(plan).toMatch(/Index Scan (using|on) stream_pkey/);
  expect(plan).not.toMatch(/Seq Scan on stream/);
});
