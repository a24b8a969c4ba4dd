import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { LeaseRenewals } from '.';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

it('renews many leases together, and answers each with its own sessions', async () => {
  const fleet = await insertFleet(sql, { agents: 300, sessionsEach: 2, leaseMs: -5_000 });
  await sql.rows(`UPDATE session SET state = 'closed' WHERE id = $1`, [fleet.sessions[0]!.id]);
  const gatewayId = newId();
  const renewals = new LeaseRenewals(gatewayId, 15_000);
  const answers = await Promise.all([...fleet.instances, fleet.instances[1]!, 'nobody'].map((id) => renewals.renew(id)));
  fleet.instances.forEach((instanceId, i) => {
    const open = fleet.sessions.filter((session) => session.instanceId === instanceId).slice(i === 0 ? 1 : 0);
    expect(new Set(answers[i]!.map(({ id }) => id))).toEqual(new Set(open.map(({ id }) => id)));
  });
  expect(answers[300]).toEqual(answers[1]);
  expect(answers[301]).toEqual([]);
  const [row] = await sql.rows<{ n: number; statements: number }>(`SELECT count(*)::int AS n, count(DISTINCT xmin::text)::int AS statements FROM instance WHERE gateway_id = $1 AND lease_expires_at > clock_timestamp() + interval '10 s'`, [gatewayId]);
  expect(row!.n).toBe(300);
  expect(row!.statements).toBeLessThanOrEqual(3);
});

it('tells whoever asked when the database refuses, and goes on with the next', async () => {
  const renewals = new LeaseRenewals('not an id', 15_000);
  await expect(renewals.renew('x')).rejects.toThrow();
  await expect(renewals.renew('y')).rejects.toThrow();
});
