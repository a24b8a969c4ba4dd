import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { registerFlowMetrics } from './index';

let db: TestDatabase;
beforeAll(async () => { db = await createTestDatabase(); });
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

/** Of one scrape, by a gateway's own role. */
async function scrape(): Promise<Map<string, number>> {
  const registry = new Registry();
  registerFlowMetrics(registry, sqlOf(pool(db.urlAs('gateway'))));
  const text = await registry.metrics();
  return new Map(text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => { const at = line.lastIndexOf(' '); return [line.slice(0, at).replace('countersign_', ''), Number(line.slice(at + 1))]; }));
}

it('tells Prometheus what waits, what nobody saw and how people decide, and names nobody', async () => {
  const owner = sqlOf(pool(db.url));
  const empty = await scrape();
  expect([...empty]).toEqual([['approvals_waiting', 0], ['approvals_oldest_seconds', 0], ['approvals_expired_unseen', 0], ['approval_rules_waved_through', 0], ['approver_decisions_10m', 0], ['floods_total', 0]]);
  const session = (await insertFleet(owner, { agents: 1, sessionsEach: 1 })).sessions[0]!;
  const person = await insertPerson(owner, 'Ada', ['analyst']);
  const ids = await Promise.all(Array.from({ length: 23 }, () => insertPendingApproval(owner, session)));
  await owner.rows(`UPDATE approval SET rule_ids = '{waved}', requested_at = requested_at - interval '1 minute'`);
  for (const { approvalId } of ids.slice(0, 20)) {
    await owner.rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) VALUES ($1, $2, $3, 'approve', 'd', '{}', clock_timestamp())`, [newId(), approvalId, person.id]);
    await owner.rows(`INSERT INTO approval_view SELECT approval_id, person_id, at - interval '2 seconds', at FROM approval_signature WHERE approval_id = $1`, [approvalId]);
  }
  await owner.rows(`UPDATE approval SET state = 'used' WHERE id = ANY($1::uuid[])`, [ids.slice(0, 20).map((one) => one.approvalId)]);
  await owner.rows(`UPDATE approval SET state = 'expired', decide_by = clock_timestamp() WHERE id = $1`, [ids[20]!.approvalId]);
  await owner.rows('INSERT INTO flood VALUES ($1, $1, $1, $1, $1, 5, 4, clock_timestamp())', [newId()]);
  const read = await scrape();
  expect(Object.fromEntries(read)).toMatchObject({ approvals_waiting: 2, approvals_expired_unseen: 1, approval_rules_waved_through: 1, approver_decisions_10m: 20, floods_total: 1, 'approval_view_to_decision_seconds{quantile="0.5"}': 2 });
  expect(read.get('approvals_oldest_seconds')).toBeGreaterThanOrEqual(60);
});

it('has no figures while the database is away', async () => {
  const registry = new Registry();
  registerFlowMetrics(registry, { rows: () => Promise.reject(new Error('away')) } as never);
  expect((await registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([]);
});
