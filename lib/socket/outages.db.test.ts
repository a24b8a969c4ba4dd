import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

let gateway: TestGateway;
let agent: TestAgent;
const read = { tool: 'read_ticket', args: { ticketId: 'T-1' } };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text' } };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  gateway = await startTestGateway({ link: true });
  agent = await gateway.agent('patient', ['email', 'ticket_system', 'knowledge_base'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' })));
});
afterAll(() => gateway.stop());

async function openSession() {
  const socket = await gateway.connect(await gateway.token(agent));
  const told: { actionId: string; decision: string; code: string }[] = [];
  socket.on('decision', ({ decision }: { decision: (typeof told)[number] }, acknowledge: (answer: object) => void) => { told.push(decision); acknowledge({}); });
  const { session } = await ask(socket, 'session.open', { purpose: 'wait' });
  return { socket, sessionId: session.id, told };
}
const until = async (what: () => Promise<boolean> | boolean, withinMs: number) => {
  for (const end = Date.now() + withinMs; Date.now() < end; await wait(50)) if (await what()) return true;
  return false;
};

async function publish(change: (bundle: Bundle) => Bundle): Promise<void> {
  const { publishBundle, starterBundle, activePolicies } = await import('@/lib/policies');
  const sequence = (await activePolicies())!.sequence + 1;
  await publishBundle(gateway.host, { bundle: change(starterBundle(sequence)) }, { keys: gateway.keys });
  const { socket, sessionId } = await openSession();
  expect(await until(async () => (await ask(socket, 'action.request', { sessionId, requestId: newId(), ...read })).decision.policyVersion === String(sequence), 40_000)).toBe(true);
}

it('the database away for ten seconds: nothing is allowed meanwhile, and everything goes on afterwards', { timeout: 60_000 }, async () => {
  const { decideApproval } = await import('@/lib/approvals');
  const { socket, sessionId, told } = await openSession();
  const before = (await ask(socket, 'action.request', { sessionId, requestId: 'before', ...mail })).decision;
  const allowed = (await ask(socket, 'action.request', { sessionId, requestId: 'allowed', ...read })).decision;
  gateway.link!.cut();
  const codes: Record<string, number> = {};
  for (const end = Date.now() + 10_000; Date.now() < end; await wait(100)) {
    const answers = await Promise.all([
      send(socket, 'action.request', { sessionId, requestId: newId(), ...read }), send(socket, 'action.request', { sessionId, requestId: 'before', ...mail }),
      send(socket, 'action.started', { actionId: allowed.actionId }), send(socket, 'session.open', { purpose: 'another' }),
    ]);
    for (const answer of answers) {
      expect(answer.ok).toBe(false);
      if (!answer.ok) codes[answer.error.code] = (codes[answer.error.code] ?? 0) + 1;
    }
    await send(socket, 'lease.renew', {});
  }
  expect(Object.keys(codes)).toEqual(['unavailable']);
  expect((await fetch(`${gateway.url}/api/health`)).status).toBe(200);
  expect((await fetch(`${gateway.url}/api/ready`)).status).toBe(503);

  await gateway.link!.restore();
  expect(await until(async () => { const answer = await send(socket, 'action.request', { sessionId, requestId: `after-${Date.now()}`, ...read }); return answer.ok && answer.decision.decision === 'allow'; }, 40_000)).toBe(true);
  expect((await fetch(`${gateway.url}/api/ready`)).status).toBe(200);
  // What was asked before still waits for its person, and the person's word still reaches the agent: the listening is back as well.
  let lastError: unknown;
  expect(await until(async () => { try { await decideApproval(await gateway.person('admin'), { approvalId: before.approval!.id, verdict: 'approve', digest: before.digest }); return true; } catch (error) { lastError = error; return (error as { code?: string }).code === 'conflict'; } }, 40_000), String(lastError)).toBe(true);
  expect(await until(() => told.some((decision) => decision.actionId === before.actionId && decision.decision === 'allow'), 40_000)).toBe(true);
  const { verifyChain } = await import('@/lib/log');
  const { sql } = await import('@/lib/db');
  const rows = await sql.rows<{ seq: bigint; body: string; hash: string }>('SELECT seq, body, hash FROM log.event WHERE stream = $1 ORDER BY seq', [`session/${sessionId}`]);
  expect(verifyChain(`session/${sessionId}`, rows.map((row) => ({ stream: `session/${sessionId}`, seq: Number(row.seq), body: row.body, hash: row.hash })))).toMatchObject({ ok: true });
});

/** Asks for something, and has the database go between writing it down and saying so. */
async function askedAsItWent(socket: Awaited<ReturnType<typeof openSession>>['socket'], sessionId: string, what: object): Promise<void> {
  const { pool } = await import('@/lib/db');
  gateway.link!.mute();
  const asked = send(socket, 'action.request', { sessionId, requestId: 'first', ...what });
  expect(await until(async () => (await pool(gateway.database.url).query('SELECT 1 FROM action WHERE session_id = $1', [sessionId])).rows.length === 1, 10_000)).toBe(true);
  gateway.link!.cut();
  expect(await asked).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  await gateway.link!.restore();
}

describe('what was written as the database went', () => {
  it('has its place in a limit, once', { timeout: 60_000 }, async () => {
    await publish((bundle) => ({ ...bundle, limits: [{ on: { per: 'tool', name: 'search_articles' }, callsPerSession: 2 }] }));
    const { socket, sessionId } = await openSession();
    const search = (requestId: string) => send(socket, 'action.request', { sessionId, requestId, tool: 'search_articles', args: { query: 'x' } });
    await askedAsItWent(socket, sessionId, { tool: 'search_articles', args: { query: 'x' } });
    let again: Awaited<ReturnType<typeof search>> | undefined;
    expect(await until(async () => (again = await search('first')).ok, 40_000)).toBe(true);
    expect(again).toMatchObject({ decision: { decision: 'allow' } });
    expect(await search('second')).toMatchObject({ decision: { decision: 'allow' } });
    expect(await search('third')).toMatchObject({ decision: { decision: 'deny', code: 'budget.exceeded' } });
  });

  it('is told when a person decides it', { timeout: 60_000 }, async () => {
    const { decideApproval } = await import('@/lib/approvals');
    const { socket, sessionId, told } = await openSession();
    await askedAsItWent(socket, sessionId, mail);
    let again: Awaited<ReturnType<typeof send>> | undefined;
    expect(await until(async () => (again = await send(socket, 'action.request', { sessionId, requestId: 'first', ...mail })).ok, 40_000)).toBe(true);
    const { decision } = again as { decision: { actionId: string; digest: string; approval: { id: string } } };
    await decideApproval(await gateway.person('admin'), { approvalId: decision.approval.id, verdict: 'deny', digest: decision.digest, reason: 'no' });
    expect(await until(() => told.some((one) => one.actionId === decision.actionId && one.decision === 'deny'), 40_000)).toBe(true);
  });
});

it('a rule that fails denies, whatever the others say', async () => {
  await publish((bundle) => ({
    ...bundle,
    policies: { ...bundle.policies, 'knowledge-base.overflow': { text: '@reason("Never.")\nforbid (principal, action == Action::"call", resource == Tool::"search_articles")\nwhen { context.args has limit && context.args.limit + 9223372036854775807 < 0 };' } },
  }));
  const { socket, sessionId } = await openSession();
  const search = async (args: object) => (await ask(socket, 'action.request', { sessionId, requestId: newId(), tool: 'search_articles', args })).decision;
  expect(await search({ query: 'x', limit: 3 })).toMatchObject({ decision: 'deny', code: 'policy.error' });
  expect(await search({ query: 'x' })).toMatchObject({ decision: 'allow' });
});

describe('an approval at its end', () => {
  it('is decided a moment before, and not a moment after', { timeout: 60_000 }, async () => {
    const { decideApproval } = await import('@/lib/approvals');
    await publish((bundle) => ({ ...bundle, routes: Object.fromEntries(Object.entries(bundle.routes).map(([name, route]) => [name, { ...route, decideByMs: 5_000, escalateAfterMs: 2_000 }])) }));
    const { socket, sessionId } = await openSession();
    const boss = await gateway.person('admin');
    const offsets = [-400, -100, -50, 0, 50, 100, 400];
    const decisions = await Promise.all(offsets.map((_, i) => ask(socket, 'action.request', { sessionId, requestId: `e${i}`, ...mail })));
    const outcomes = await Promise.all(decisions.map(async ({ decision }, i) => {
      const decideBy = Date.parse(decision.approval!.decideBy);
      await wait(decideBy + offsets[i]! - Date.now());
      const at = Date.now();
      const outcome = await decideApproval(boss, { approvalId: decision.approval!.id, verdict: 'approve', digest: decision.digest }).then(() => 'approved', (error: { message: string }) => error.message);
      return { late: at - decideBy, done: Date.now() - decideBy, outcome, requestId: decision.requestId };
    }));
    for (const { late, done, outcome, requestId } of outcomes) {
      if (late > 0) expect(outcome).toContain('expired');
      if (done < 0) expect(outcome).toBe('approved');
      const now = (await ask(socket, 'action.request', { sessionId, requestId, ...mail })).decision;
      // Whatever a person was told is what the agent is told.
      expect([requestId, now.decision]).toEqual([requestId, outcome === 'approved' ? 'allow' : 'deny']);
    }
    expect(outcomes.some(({ outcome }) => outcome === 'approved')).toBe(true);
    expect(outcomes.some(({ outcome }) => outcome !== 'approved')).toBe(true);
  });
});
