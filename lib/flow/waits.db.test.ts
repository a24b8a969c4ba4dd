import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { newId } from '@/lib/protocol/ids';
import { AgentClient } from '@/lib/sdk';
import { startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';
import { learnWaits } from './index';

const worker = makeContext({ kind: 'system', process: 'worker' });
let gateway: TestGateway;
beforeAll(async () => { gateway = await startTestGateway(); });
afterAll(() => gateway.stop());

async function connect() {
  const agent = await gateway.agent(`asks-${newId()}`, [{ toolset: 'email', operations: ['*'], scope: '**' }]);
  return AgentClient.connect({ url: gateway.url, ...agent, instance: { name: 'waits' }, controlPin: gateway.keys.signingKey('control/order').publicJwk.x });
}
const mail = { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text of some length' };
const sqlOf = async () => (await import('@/lib/db')).sql;
/** Asked an hour ago or more by these routes, and what became of each. */
async function insertAsked(routes: string[], became: { state: string; afterMs: number }[]): Promise<void> {
  const sql = await sqlOf();
  const [session] = await sql.rows<{ id: string; agentId: string }>('SELECT id, agent_id AS "agentId" FROM session LIMIT 1');
  for (const { state, afterMs } of became) {
    await sql.rows(
      `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, state, route, risk, sentence, rule_ids, policy_version, digest, requested_at, decide_by, use_by_ms, use_by, decided_at)
       SELECT $1, $1, $2, $3, 'send_email', 't', $4, $5, 'low', 's', '{}', 'v', 'd', r.at, r.at + interval '90 seconds', 60000, CASE WHEN $4 IN ('approved', 'used', 'unused_expired') THEN r.at + ($6 + 60000) * interval '1 millisecond' END, CASE WHEN $4 = 'pending' THEN NULL WHEN $4 = 'unused_expired' THEN r.at + interval '3 days' ELSE r.at + $6 * interval '1 millisecond' END
       FROM (SELECT clock_timestamp() - interval '1 hour' AS at) AS r`,
      [newId(), session!.id, session!.agentId, state, JSON.stringify({ routes }), afterMs]);
  }
}

describe('the expected wait', () => {
  it('is told to the agent once enough was decided, and is unknown before', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    const first = await session.requestAction({ tool: 'send_email', args: mail });
    expect(first.approval).toMatchObject({ expectedWaitMs: null });
    const sql = await sqlOf();
    const [row] = await sql.rows<{ routes: string[] }>(`SELECT route->'routes' AS routes FROM approval WHERE id = $1`, [first.approval!.id]);
    await learnWaits(worker);
    expect(await sql.rows('SELECT 1 FROM wait_forecast')).toEqual([]);

    // Eight decided in 1 to 8 s, of which one was never used; three that nobody answered in the 90 s that there were.
    await insertAsked(row!.routes, [1, 2, 3, 4, 5].map((s) => ({ state: s % 2 ? 'used' : 'denied', afterMs: s * 1_000 })));
    await insertAsked(row!.routes, [{ state: 'approved', afterMs: 6_000 }, { state: 'used', afterMs: 7_000 }, { state: 'unused_expired', afterMs: 8_000 }, ...[1, 2, 3].map(() => ({ state: 'expired', afterMs: 90_000 }))]);
    await Promise.all([learnWaits(worker), learnWaits(worker), learnWaits(worker)]);
    expect(await sql.rows(`SELECT DISTINCT p50_ms AS p50, p90_ms AS p90, settled, decided FROM wait_forecast`)).toEqual([{ p50: 6_000, p90: 90_000, settled: 11, decided: 8 }].map((one) => expect.objectContaining(one)));

    await client.close();
    await gateway.restart();
    const again = await connect();
    const other = await again.openSession({ purpose: 'p' });
    const asked = await other.requestAction({ requestId: 'asked-again', tool: 'send_email', args: mail });
    expect(asked.approval).toMatchObject({ expectedWaitMs: { p50: 6_000, p90: 90_000 } });
    // The same question gets the same answer, by memory and by the rows.
    expect((await other.requestAction({ requestId: 'asked-again', tool: 'send_email', args: mail })).approval?.expectedWaitMs).toEqual({ p50: 6_000, p90: 90_000 });
    await sql.rows(`SELECT pg_notify('cs_approval', $1)::text`, [JSON.stringify({ id: asked.approval!.id, sessionId: other.id, actionId: asked.actionId })]);
    expect((await other.requestAction({ requestId: 'asked-again', tool: 'send_email', args: mail })).approval?.expectedWaitMs).toEqual({ p50: 6_000, p90: 90_000 });
    await again.close();
  });

  it('is learned beside a question that has waited longer than the table can say', async () => {
    const sql = await sqlOf();
    await insertAsked(['slow'], Array.from({ length: 12 }, () => ({ state: 'expired', afterMs: 90_000 })));
    await insertAsked(['slow'], [{ state: 'pending', afterMs: 0 }]);
    await sql.rows(`UPDATE approval SET requested_at = clock_timestamp() - interval '29 days', decide_by = clock_timestamp() + interval '1 day' WHERE route->'routes' = '["slow"]' AND state = 'pending'`);
    expect(await learnWaits(worker)).toBeGreaterThan(0);
    expect(await sql.rows(`SELECT p90_ms AS p90 FROM wait_forecast WHERE route = 'slow' AND hour = -1`)).toEqual([{ p90: 2 ** 31 - 1 }]);
  });

  it('of what was granted with changed arguments ends at the grant, whatever terms these were asked under', async () => {
    const sql = await sqlOf();
    await insertAsked(['changed'], Array.from({ length: 12 }, () => ({ state: 'approved', afterMs: 50_000 })));
    // Asked to be used within a minute; as they were changed within 20 s.
    await sql.rows(`UPDATE approval SET route = route || '{"useByMs": 20000}', use_by = use_by - interval '40 seconds' WHERE route->'routes' = '["changed"]'`);
    await learnWaits(worker);
    expect(await sql.rows(`SELECT p50_ms AS p50 FROM wait_forecast WHERE route = 'changed' AND hour = -1`)).toEqual([{ p50: 50_000 }]);
  });

  it('goes when nothing is known any more', async () => {
    const sql = await sqlOf();
    await sql.rows(`UPDATE approval SET requested_at = requested_at - interval '40 days'`);
    expect(await learnWaits(worker)).toBe(0);
    expect(await sql.rows('SELECT 1 FROM wait_forecast')).toEqual([]);
  });

  it('is learned by the worker alone', async () => {
    await expect(learnWaits(makeContext({ kind: 'system', process: 'control' }))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
