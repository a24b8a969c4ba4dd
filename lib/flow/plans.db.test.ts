import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, pool, sqlOf, type Sql } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { registerFlowMetrics } from './index';
import { FLOODING } from './pause-floods';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const owner = sqlOf(pool(database.url));
  const { approvalId } = await insertPendingApproval(owner, (await insertFleet(owner, { agents: 1, sessionsEach: 1 })).sessions[0]!);
  const { id } = await insertPerson(owner, 'Ada', ['analyst']);
  // As many as an installation has decided after a year, and a day's worth of it.
  await owner.rows(
    `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, requested_at, decide_by, use_by_ms, state)
     SELECT gen_random_uuid(), p.action_id, p.session_id, p.agent_id, p.tool, p.title, p.route, p.risk, p.sentence, p.rule_ids, p.policy_version, p.digest, p.requested_at - n * interval '30 minutes', p.decide_by - n * interval '30 minutes', p.use_by_ms, CASE WHEN n % 3 = 0 THEN 'expired' ELSE 'denied' END
     FROM approval p, generate_series(1, 17520) AS n WHERE p.id = $1`, [approvalId]);
  await owner.rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) SELECT gen_random_uuid(), id, $1, 'deny', digest, '{}', decide_by FROM approval WHERE state = 'denied'`, [id]);
  await pool(database.url).query('ANALYZE approval, approval_signature');
});
afterAll(async () => {
  await closePools();
  await database.drop();
});

async function planOf(statement: string, params: readonly unknown[]): Promise<string> {
  const { rows } = await pool(database.url).query<Record<string, string>>(`EXPLAIN ${statement}`, [...params]);
  return rows.map((row) => Object.values(row)[0]).join('\n');
}

it('finds an agent that floods among the last minute’s questions, however many there ever were', async () => {
  const plan = await planOf(FLOODING, [120]);
  expect(plan).toMatch(/Index Scan (using|on) approval_requested_at_idx/);
  expect(plan).not.toMatch(/Seq Scan on approval/);
});

it('tells Prometheus its figures without reading what is older than they say', async () => {
  const plans: string[] = [];
  const explained: Sql = { async rows(text, params = []) { plans.push(await planOf(text, params)); return sqlOf(pool(database.url)).rows(text, params); } };
  const registry = new Registry();
  registerFlowMetrics(registry, explained);
  await registry.metrics();
  expect(plans.length).toBeGreaterThan(5);
  // A bound that an index serves is its condition; one that is held against every row is a filter.
  for (const plan of plans) expect(plan).not.toMatch(/Filter: .*_timestamp\(\)/);
  expect(plans.filter((plan) => /Index Cond: .*_timestamp\(\)/.test(plan)).length).toBeGreaterThan(4);
});
