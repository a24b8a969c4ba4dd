import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import type { Decision } from '@/lib/protocol/decision';
import { newId } from '@/lib/protocol/ids';

let gateway: TestGateway;
let agent: TestAgent;
beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('support', [
    { toolset: 'email', operations: ['*'], scope: '**' }, { toolset: 'knowledge_base', operations: ['*'], scope: '**' }, { toolset: 'crm', operations: ['*'], scope: '**' },
  ]);
});
afterAll(() => gateway.stop());

const search = { tool: 'search_articles', args: { query: 'refund policy' } };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text of some length' } };

async function openSession() {
  const socket = await gateway.connect(await gateway.token(agent));
  const { session } = await ask(socket, 'session.open', { purpose: 'answer a ticket' });
  return { socket, sessionId: session.id };
}

describe('an agent that asks', () => {
  it('is allowed what a rule permits, with a permit, and runs it once', async () => {
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'r1', ...search });
    expect(decision).toMatchObject({ decision: 'allow', code: 'policy.permit', requestId: 'r1' });
    expect(decision.permit).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    await ask(socket, 'action.started', { actionId: decision.actionId });
    expect(await send(socket, 'action.started', { actionId: decision.actionId })).toMatchObject({ ok: false, error: { code: 'conflict' } });
    const result = await ask(socket, 'action.result', { actionId: decision.actionId, status: 'ok', output: 'an article' });
    expect(result.output).toContain('an article');
    const again = await ask(socket, 'action.request', { sessionId, requestId: 'r1', ...search });
    expect(again.decision.permit).toBeUndefined();
  });

  it('is denied a tool that nobody registered, and a tool beyond its capabilities', async () => {
    const { socket, sessionId } = await openSession();
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'a', tool: 'launch_rocket', args: {} })).decision).toMatchObject({ decision: 'deny', code: 'tool.unknown' });
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'b', tool: 'run_command', args: { command: 'ls' } })).decision).toMatchObject({ decision: 'deny', code: 'capability.missing' });
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'c', tool: 'search_articles', args: { query: 7 } })).decision).toMatchObject({ decision: 'deny', code: 'schema.invalid' });
  });

  it('is told which key of a body stands there twice, and goes on', async () => {
    const { socket, sessionId } = await openSession();
    const { engine } = socket.io;
    const answered = new Promise<string>((resolve) => engine.on('packet', ({ data }: { data?: unknown }) => { if (typeof data === 'string' && data.startsWith('3/agent,999')) resolve(data); }));
    engine.write(`2/agent,999["action.request",{"sessionId":"${sessionId}","requestId":"twice","tool":"search_articles","args":{"query":"one","query":"two"}}]`);
    expect(JSON.parse((await answered).slice('3/agent,999'.length))).toMatchObject([{ ok: false, error: { code: 'invalid', issues: [{ path: '/args/query', message: 'appears twice' }] } }]);
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'twice', ...search })).decision.decision).toBe('allow');
  });

  it('gets the same decision for the same request, and a conflict for other arguments', async () => {
    const { socket, sessionId } = await openSession();
    const [first, second] = await Promise.all([1, 2].map(() => ask(socket, 'action.request', { sessionId, requestId: 'same', ...search })));
    expect(second!.decision.actionId).toBe(first!.decision.actionId);
    expect(await send(socket, 'action.request', { sessionId, requestId: 'same', tool: 'search_articles', args: { query: 'other' } })).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  it('waits for a person where a rule says so; the grant comes to it, with a permit', async () => {
    const { decideApproval } = await import('@/lib/approvals');
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'm', ...mail, rationale: 'routine' });
    expect(decision).toMatchObject({ decision: 'ask', code: 'approval.pending' });
    expect(decision.permit).toBeUndefined();
    const told = once(socket as never, 'decision') as Promise<[{ decision: Decision }, (ack: object) => void]>;
    const boss = await gateway.person('admin');
    await decideApproval(boss, { approvalId: decision.approval!.id, verdict: 'approve', digest: decision.digest });
    const [{ decision: granted }, acknowledge] = await told;
    acknowledge({});
    expect(granted).toMatchObject({ decision: 'allow', code: 'approval.granted', actionId: decision.actionId });
    expect(granted.permit).toBeDefined();
    await ask(socket, 'action.started', { actionId: decision.actionId });
    await expect(decideApproval(boss, { approvalId: decision.approval!.id, verdict: 'deny', digest: decision.digest })).rejects.toMatchObject({ code: 'conflict' });
    const { getApproval } = await import('@/lib/approvals');
    expect(await getApproval(makeContext({ kind: 'system', process: 'worker' }), decision.approval!.id)).toMatchObject({ state: 'used', rationale: 'routine', args: mail.args });
  });

  it('is told of a denial, and never gets a permit for it', async () => {
    const { decideApproval } = await import('@/lib/approvals');
    const { socket, sessionId } = await openSession();
    const { decision } = await ask(socket, 'action.request', { sessionId, requestId: 'm', ...mail });
    const told = once(socket as never, 'decision') as Promise<[{ decision: Decision }, (ack: object) => void]>;
    await decideApproval(await gateway.person('analyst'), { approvalId: decision.approval!.id, verdict: 'deny', digest: decision.digest, reason: 'not to them' });
    const [{ decision: denied }, acknowledge] = await told;
    acknowledge({});
    expect(denied).toMatchObject({ decision: 'deny', code: 'approval.denied' });
    expect(denied.reason).toContain('not to them');
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'm', ...mail })).decision).toMatchObject({ decision: 'deny', code: 'approval.denied' });
    expect(await send(socket, 'action.started', { actionId: decision.actionId })).toMatchObject({ ok: false, error: { code: 'forbidden' }, decision: { decision: 'deny' } });
  });

  it('finds its decisions after a restart of the gateway, by sync and by asking again', async () => {
    const { decideApproval } = await import('@/lib/approvals');
    const instanceId = newId();
    let socket = await gateway.connect(await gateway.token(agent), instanceId);
    const { session } = await ask(socket, 'session.open', { purpose: 'x' });
    const { decision } = await ask(socket, 'action.request', { sessionId: session.id, requestId: 'm', ...mail });
    await ask(socket, 'input.add', { sessionId: session.id, origin: 'document', source: 'ticket #4812', text: 'please write to someone@elsewhere.example' });
    await gateway.restart();
    await decideApproval(await gateway.person('admin'), { approvalId: decision.approval!.id, verdict: 'approve', digest: decision.digest });
    socket = await gateway.connect(await gateway.token(agent), instanceId);
    const synced = await ask(socket, 'sync', { sessionIds: [session.id] });
    expect(synced.sessions[0]!.decisions).toMatchObject([{ actionId: decision.actionId, decision: 'allow', code: 'approval.granted' }]);
    const later = await ask(socket, 'action.request', { sessionId: session.id, requestId: 'n', ...mail });
    expect(later.decision.provenance['/to']).toMatchObject({ origin: 'document' });
    expect((await ask(socket, 'action.request', { sessionId: session.id, requestId: 'm', ...mail })).decision.actionId).toBe(decision.actionId);
  });

  it('loses a session to another instance that opens it, and is told conflict', async () => {
    const { socket, sessionId } = await openSession();
    const other = await gateway.connect(await gateway.token(agent));
    expect((await ask(other, 'session.open', { sessionId, purpose: 'x' })).session.generation).toBe(2);
    expect(await send(socket, 'action.request', { sessionId, requestId: 'z', ...search })).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect((await ask(other, 'action.request', { sessionId, requestId: 'z', ...search })).decision.decision).toBe('allow');
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown event', 'session.explode', {}],
    ['an unknown field', 'session.open', { purpose: 'x', admin: true }],
    ['a missing field', 'session.open', {}],
    ['a refused key', 'session.open', { purpose: 'x', metadata: { __extn: 1 } }],
    ['too much depth', 'session.open', { purpose: 'x', metadata: { a: Array.from({ length: 33 }).reduce((inner: unknown) => [inner], 1) } }],
    ['too much text', 'session.open', { purpose: 'x', metadata: { a: 'x'.repeat(300_000) } }],
    ['no object', 'session.open', 7],
  ])('%s is answered invalid, and the connection lives on', async (_name, event, body) => {
    const { socket, sessionId } = await openSession();
    expect(await send(socket, event as never, body)).toMatchObject({ ok: false, error: { code: 'invalid' } });
    expect((await ask(socket, 'action.request', { sessionId, requestId: 'r', ...search })).decision.decision).toBe('allow');
  });

  it('refuses a handshake without a token that holds, and says why', async () => {
    await expect(gateway.connect('nonsense')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it("keeps another agent's session to itself", async () => {
    const { sessionId } = await openSession();
    const stranger = await gateway.connect(await gateway.token(await gateway.agent(`stranger ${newId()}`, [])));
    expect(await send(stranger, 'action.request', { sessionId, requestId: 'r', ...search })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await send(stranger, 'session.open', { sessionId, purpose: 'mine now' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});

it('chains what happened: every event links to the one before', async () => {
  const { socket, sessionId } = await openSession();
  await Promise.all(Array.from({ length: 50 }, (_, i) => ask(socket, 'action.request', { sessionId, requestId: `p${i}`, ...search })));
  const { sql } = await import('@/lib/db');
  const rows = await sql.rows<{ seq: bigint; body: string; hash: string }>('SELECT seq, body, hash FROM log.event WHERE stream = $1 ORDER BY seq', [`session/${sessionId}`]);
  const { linkHash } = await import('@/lib/log/chain');
  let head = '0'.repeat(64);
  rows.forEach((row, index) => {
    expect(Number(row.seq)).toBe(index + 1);
    head = linkHash(head, row.body);
    expect(row.hash).toBe(head);
  });
  expect(rows.length).toBe(51);
});

it('keeps its sessions while the lease is renewed, loses them when it lapses, and has them back by opening them again', async () => {
  const { sweepLapsedLeases } = await import('@/lib/sessions');
  const { sql } = await import('@/lib/db');
  const { socket, sessionId } = await openSession();
  const [{ id: instanceId }] = await sql.rows<{ id: string }>('SELECT instance_id AS id FROM session WHERE id = $1', [sessionId]) as [{ id: string }];
  await sql.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '3 s' WHERE id = $1`, [instanceId]);
  expect((await ask(socket, 'lease.renew', {})).sessions).toContainEqual({ id: sessionId, state: 'open' });
  expect(await sweepLapsedLeases(gateway.host)).toBe(0);
  await sql.rows(`UPDATE instance SET lease_expires_at = clock_timestamp() - interval '3 s' WHERE id = $1`, [instanceId]);
  expect(await sweepLapsedLeases(gateway.host)).toBe(1);
  expect((await ask(socket, 'action.request', { sessionId, requestId: 'l', ...search })).decision).toMatchObject({ decision: 'deny', code: 'session.not_open' });
  expect((await ask(socket, 'session.open', { sessionId, purpose: 'back' })).session).toMatchObject({ id: sessionId, state: 'open', generation: 1 });
  expect((await ask(socket, 'action.request', { sessionId, requestId: 'm', ...search })).decision.decision).toBe('allow');
});
