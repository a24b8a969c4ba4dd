import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Socket } from 'socket.io-client';
import { AlertKeeper } from '@/lib/alerts';
import { learnBaselines } from '@/lib/behaviour';
import { makeContext } from '@/lib/context';
import { usualAlertRules } from '@/lib/policies/schema';
import { ask, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import { newId } from '@/lib/protocol/ids';

const worker = makeContext({ kind: 'system', process: 'worker' });
let gateway: TestGateway;
beforeAll(async () => { gateway = await startTestGateway(); });
afterAll(() => gateway.stop());

const makeAgent = (name: string) => gateway.agent(name, [{ toolset: 'email', operations: ['*'], scope: '**' }, { toolset: 'knowledge_base', operations: ['*'], scope: '**' }]);
const search = { tool: 'search_articles', args: { query: 'refund policy' } };
const mail = (to: string) => ({ tool: 'send_email', args: { to, subject: 'Hello', body: 'A text of some length' } });

async function open(agent: TestAgent) {
  const socket = await gateway.connect(await gateway.token(agent));
  const { session } = await ask(socket, 'session.open', { purpose: 'answer a ticket' });
  return { socket, sessionId: session.id };
}

const request = async (socket: Socket, sessionId: string, call: { tool: string; args: object }) => (await ask(socket, 'action.request', { sessionId, requestId: newId(), ...call })).decision;

/** A usual session: a mail to a colleague before anything was read from outside, and two searches. The rules allow them. */
async function usualSession(agent: TestAgent): Promise<void> {
  const { socket, sessionId } = await open(agent);
  for (const call of [mail('ann@example.org'), search, search]) {
    const decision = await request(socket, sessionId, call);
    expect(decision.decision).toBe('allow');
    await ask(socket, 'action.started', { actionId: decision.actionId });
    await ask(socket, 'action.result', { actionId: decision.actionId, status: 'ok', output: 'done' });
  }
  await ask(socket, 'session.close', { sessionId, outcome: 'completed' });
  socket.disconnect();
}

const detailOf = async (actionId: string) => {
  const { sql } = await import('@/lib/db');
  return (await sql.rows<{ behaviour: { history: unknown; score: number; reasons: { sentence: string }[] } }>(`SELECT detail->'behaviour' AS behaviour FROM action WHERE id = $1`, [actionId]))[0]!.behaviour;
};

describe('an agent that is unlike itself', () => {
  it('has no history before five sessions, and its approval says so', async () => {
    const agent = await makeAgent('newcomer');
    const { socket, sessionId } = await open(agent);
    const decision = await request(socket, sessionId, mail('eve@evil.example'));
    expect(decision).toMatchObject({ decision: 'ask', findings: [] });
    const { getApproval } = await import('@/lib/approvals');
    expect((await getApproval(worker, decision.approval!.id))!.behaviour).toEqual({ history: null, why: 'too_few', score: 0, reasons: [] });
  });

  it('is seen in its sixth session: the finding, the score, the sentence on the approval, which stays as it was', async () => {
    const agent = await makeAgent('regular');
    for (let i = 0; i < 5; i++) await usualSession(agent);
    expect(await learnBaselines(worker)).toMatchObject({ baselines: 1 });
    const { socket, sessionId } = await open(agent);
    // What it always does is no finding, and nothing is said of it.
    const usual = await request(socket, sessionId, mail('ann@example.org'));
    expect(usual.findings).toEqual([]);
    expect(await detailOf(usual.actionId)).toMatchObject({ history: { sessions: 5, calls: 15 }, score: 0, reasons: [] });
    const decision = await request(socket, sessionId, mail('eve@evil.example'));
    expect(decision.decision).toBe('ask');
    expect(decision.findings).toContainEqual({ detector: 'behaviour', kind: 'first_seen_destination', severity: 'medium', path: '/to' });
    // By itself it is a low finding with its place, of where texts lead.
    expect(decision.findings).toContainEqual({ detector: 'egress', kind: 'first_seen_destination', severity: 'low', score: 0.5, path: '/to', span: [0, 16] });
    const { getApproval } = await import('@/lib/approvals');
    const shown = async () => (await getApproval(worker, decision.approval!.id))!.behaviour!;
    const first = await shown();
    expect(first).toMatchObject({ history: { sessions: 5, calls: 15, days: 1 } });
    expect(first.score).toBeGreaterThanOrEqual(30);
    expect(first.reasons[0]).toMatchObject({ kind: 'first_seen_destination', sentence: 'evil.example: never seen in 15 calls over a day.' });
    expect(first).toMatchObject({ arguments: [{ path: '/to', sentence: 'never sent anything to evil.example before (15 calls over a day)' }] });
    // To a colleague it may write without ever having written to them.
    expect((await request(socket, sessionId, mail('new@sub.example.org'))).findings.filter(({ kind }) => kind === 'first_seen_destination')).toEqual([]);
    const { readStream, sessionStream } = await import('@/lib/log');
    const asked = (await readStream(sessionStream(sessionId), 0, 50)).find((event) => event.type === 'action.asked');
    expect(asked?.data).toMatchObject({ behaviour: { score: first.score, reasons: first.reasons } });
    // More is learned meanwhile; the card shows what was known when it was asked.
    await usualSession(agent);
    expect(await learnBaselines(worker)).toMatchObject({ baselines: 1 });
    expect(await shown()).toEqual(first);
  });

  it('is seen by a value that its argument never held: the finding, the sentence on the approval and on the record, the alert', async () => {
    const agent = await gateway.agent('payer', [{ toolset: 'payments', operations: ['*'], scope: '**' }]);
    const refund = (amount: string, orderId: string) => ({ tool: 'issue_refund', args: { orderId, amount: { amount, currency: 'EUR' }, reason: 'It arrived late.' } });
    for (let i = 0; i < 5; i++) {
      const { socket, sessionId } = await open(agent);
      for (let k = 0; k < 3; k++) expect(await request(socket, sessionId, refund(`${5 + i + k}.00`, `ORD-${1_000 + 10 * i + k}`))).toMatchObject({ decision: 'allow', findings: [] });
      await ask(socket, 'session.close', { sessionId, outcome: 'completed' });
      socket.disconnect();
    }
    expect(await learnBaselines(worker)).toMatchObject({ baselines: 1 });
    const { socket, sessionId } = await open(agent);
    expect(await request(socket, sessionId, refund('9.00', 'ORD-2000'))).toMatchObject({ decision: 'allow', findings: [] });
    const decision = await request(socket, sessionId, refund('980.00', 'ORD-2001'));
    expect(decision.decision).toBe('ask');
    expect(decision.findings).toEqual([{ detector: 'argument-history', kind: 'unusual_number', severity: 'medium', path: '/amount/amount', score: expect.any(Number) as number, version: 1 }]);
    const lines = [{ path: '/amount/amount', sentence: 'amount 980; usually 5 to 11 (15 calls)' }];
    const { getApproval } = await import('@/lib/approvals');
    expect((await getApproval(worker, decision.approval!.id))!.behaviour).toMatchObject({ arguments: lines });
    const { readStream, sessionStream } = await import('@/lib/log');
    const asked = (await readStream(sessionStream(sessionId), 0, 50)).find((event) => event.type === 'action.asked');
    expect(asked?.data).toMatchObject({ behaviour: { arguments: lines } });
    // Neither what the agent is told nor what was learned says more than a shape.
    expect(JSON.stringify(decision)).not.toContain('usually');
    const { sql } = await import('@/lib/db');
    const [learned] = await sql.rows<{ summary: string }>('SELECT summary::text AS summary FROM behaviour_baseline WHERE agent_id = $1', [agent.clientId]);
    expect(learned!.summary).toContain('AAA-9999');
    expect(learned!.summary).not.toMatch(/ORD-|arrived/);
    const keeper = new AlertKeeper(worker, { read: async () => usualAlertRules });
    await vi.waitFor(async () => { await keeper.run(); expect(await sql.rows('SELECT rule, detector, kind FROM alert WHERE session_id = $1', [sessionId])).toEqual([{ rule: 'any-medium', detector: 'argument-history', kind: 'unusual_number' }]); }, { timeout: 30_000, interval: 100 });
  });

  it('has its mail wait for a person while it is quite unlike itself, also to a colleague', async () => {
    const agent = await makeAgent('hasty');
    for (let i = 0; i < 5; i++) await usualSession(agent);
    await learnBaselines(worker);
    const { socket, sessionId } = await open(agent);
    for (let i = 0; i < 30; i++) await request(socket, sessionId, search);
    const long = { ...mail('ann@example.org'), args: { ...mail('ann@example.org').args, body: 'All that there is to say. '.repeat(200) } };
    expect(await request(socket, sessionId, long)).toMatchObject({ decision: 'ask', rules: expect.arrayContaining([{ id: 'unlike-itself.mail', effect: 'ask' }]) as unknown });
    expect(await request(socket, sessionId, search)).toMatchObject({ decision: 'allow' });
  });

  it('is compared with what was learned since its session was opened, without being attached anew', async () => {
    const agent = await makeAgent('watched');
    const { socket, sessionId } = await open(agent);
    expect(await detailOf((await request(socket, sessionId, search)).actionId)).toBeNull();
    for (let i = 0; i < 5; i++) await usualSession(agent);
    await learnBaselines(worker);
    await vi.waitFor(async () => expect(await detailOf((await request(socket, sessionId, search)).actionId)).toMatchObject({ history: { sessions: 5 } }), { timeout: 30_000, interval: 50 });
  });

  it('is counted on where it was after the gateway was started again', async () => {
    const agent = await makeAgent('restarted');
    for (let i = 0; i < 5; i++) await usualSession(agent);
    await learnBaselines(worker);
    const instanceId = newId();
    let socket = await gateway.connect(await gateway.token(agent), instanceId);
    const { session } = await ask(socket, 'session.open', { purpose: 'answer a ticket' });
    for (let i = 0; i < 14; i++) await request(socket, session.id, search);
    const before = await detailOf((await request(socket, session.id, search)).actionId);
    expect(before.reasons.map(({ sentence }) => sentence)).toContain('15 calls in this session, usually 3.');
    socket.disconnect();
    await gateway.restart();
    socket = await gateway.connect(await gateway.token(agent), instanceId);
    const after = await detailOf((await request(socket, session.id, search)).actionId);
    expect(after.reasons.map(({ sentence }) => sentence)).toContain('16 calls in this session, usually 3.');
    expect(after.score).toBeGreaterThanOrEqual(before.score);
  });

  it('has no history, and says so, while what is usual cannot be read', async () => {
    const agent = await makeAgent('unread');
    for (let i = 0; i < 5; i++) await usualSession(agent);
    await learnBaselines(worker);
    const { sql } = await import('@/lib/db');
    await sql.rows(`UPDATE behaviour_baseline SET summary = '{"format": 9}', version = version + 1 WHERE agent_id = $1`, [agent.clientId]);
    const { socket, sessionId } = await open(agent);
    expect(await detailOf((await request(socket, sessionId, mail('eve@evil.example'))).actionId)).toEqual({ history: null, why: 'unavailable', score: 0, reasons: [] });
  });
});
