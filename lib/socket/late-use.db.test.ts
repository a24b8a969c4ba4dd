import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeContext } from '@/lib/context';
import { sql } from '@/lib/db';
import { carryOutErasures, eraseSession } from '@/lib/payloads';
import { engageSwitch } from '@/lib/switches';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

const LEASE_MS = 2_000;
const search = { tool: 'search_articles', args: { query: 'refund policy' } };
let gateway: TestGateway;
let agent: TestAgent;
const renewals: NodeJS.Timeout[] = [];
beforeAll(async () => {
  gateway = await startTestGateway({ leaseMs: LEASE_MS });
  agent = await gateway.agent('late', [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }]);
});
afterAll(async () => {
  for (const renewal of renewals) clearInterval(renewal);
  await gateway.stop();
});

async function openSession() {
  const socket = await gateway.connect(await gateway.token(agent));
  renewals.push(setInterval(() => socket.emit('lease.renew', {}, () => {}), LEASE_MS / 4));
  const { session } = await ask(socket, 'session.open', { purpose: 'take its time' });
  return { socket, sessionId: session.id };
}

describe('a permit that ran out before its action was started', () => {
  it('is replaced by a fresh one under the same requestId, and that one starts', async () => {
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'slow', ...search });
    // The clock is what is waited for: a second beyond the end is still taken, for the way there.
    await vi.waitUntil(() => Date.now() > Date.parse(decision.permitExpiresAt!) + 1_100, { timeout: 3 * LEASE_MS });
    expect(await send(socket, 'action.started', { actionId: decision.actionId })).toMatchObject({ ok: false, error: { code: 'conflict', message: expect.stringContaining('expired') as string } });

    const again = await ask(socket, 'action.request', { sessionId, requestId: 'slow', ...search });
    expect(again.decision).toMatchObject({ decision: 'allow', actionId: decision.actionId, permit: expect.any(String) as string });
    expect(Date.parse(again.decision.permitExpiresAt!)).toBeGreaterThan(Date.now());
    expect(await send(socket, 'action.started', { actionId: decision.actionId })).toMatchObject({ ok: true });
  });
});

describe('a result that comes after a stop', () => {
  it('is taken as evidence and not handed out, also before the session itself was worked off', async () => {
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'out', ...search });
    await ask(socket, 'action.started', { actionId: decision.actionId });
    await engageSwitch(await gateway.person('responder'), { scope: 'session', target: sessionId });
    await vi.waitFor(async () => expect(await send(socket, 'action.request', { sessionId, requestId: `look-${Math.random()}`, ...search })).toMatchObject({ ok: true, decision: { code: 'switch.engaged' } }), { timeout: 30_000 });
    const result = await ask(socket, 'action.result', { actionId: decision.actionId, status: 'ok', output: 'an article' });
    expect(result.output).toBeNull();
  });
});

describe('a result that comes after the texts of its session were erased', () => {
  it('is on record as erased, and neither text nor salt is kept', async () => {
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'erased', ...search });
    await ask(socket, 'action.started', { actionId: decision.actionId });
    await send(socket, 'session.close', { sessionId, outcome: 'completed' });
    await eraseSession(gateway.host, { sessionId, reason: 'somebody asked for it' });
    await carryOutErasures(makeContext({ kind: 'system', process: 'worker' }), gateway.database.urlAs('retention'));
    expect(await send(socket, 'action.result', { actionId: decision.actionId, status: 'ok', output: 'what nobody should keep' })).toMatchObject({ ok: true });
    const rows = await sql.rows<{ kind: string; sealed: unknown; salt: unknown; erased: boolean }>('SELECT kind, sealed, salt, erased_at IS NOT NULL AS erased FROM payload WHERE session_id = $1', [sessionId]);
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual(['args', 'output']);
    for (const row of rows) expect(row).toMatchObject({ sealed: null, salt: null, erased: true });
  });
});
