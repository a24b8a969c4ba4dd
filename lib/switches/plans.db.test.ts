import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, pool, sqlOf } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { writingSql } from './queries';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { sessions: [one] } = await insertFleet(sqlOf(pool(database.url)), { agents: 1, sessionsEach: 1 });
  // As many as a small fleet leaves in a day, and a few that are under way.
  await pool(database.url).query(
    `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, decided_at, permitted_at, permit_expires_at, started_at, finished_at)
     SELECT gen_random_uuid(), $1, $2, gen_random_uuid()::text, 'send_email', 'd', 'allow', 'policy.permit', 'r', '{}', '1', n, now(), now(), now(), now(), CASE WHEN n % 5000 = 0 THEN NULL ELSE now() END FROM generate_series(1, 20000) AS n`, [one!.id, one!.agentId]);
  await pool(database.url).query('ANALYZE action');
});
afterAll(async () => {
  await closePools();
  await database.drop();
});

it('asks what is being written at the moment of the press without reading every call there ever was', async () => {
  const { rows } = await pool(database.url).query<Record<string, string>>(`EXPLAIN ${writingSql('true', 1).replace('$1', "'{}'::text[]")}`);
  const plan = rows.map((row) => Object.values(row)[0]).join('\n');
  expect(plan).toMatch(/action_out/);
  expect(plan).not.toMatch(/Seq Scan on action/);
  expect((await pool(database.url).query(writingSql('true', 1), [[]])).rows).toEqual([{ n: 1 }]);
});
