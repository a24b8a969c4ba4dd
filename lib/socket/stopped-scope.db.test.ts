import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { countApprovals, decideApproval, getApproval, listApprovals } from '@/lib/approvals';
import { makeContext } from '@/lib/context';
import { sql } from '@/lib/db';
import type { Decision } from '@/lib/protocol/decision';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { applySwitch, controlKeysFrom, engageSwitch, getOrder, signAndFence, StandingReader } from '@/lib/switches';
import type { EngageInput } from '@/lib/switches/schema';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

let gateway: TestGateway;
const grants = ['email', 'crm', 'knowledge_base'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' }));
const search = { tool: 'search_articles', args: { query: 'refund policy' } };
const customer = { tool: 'read_customer', args: { customerId: 'C-1' } };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text' } };
const control = makeContext({ kind: 'system', process: 'control' });

beforeAll(async () => { gateway = await startTestGateway(); });
afterAll(() => gateway.stop());

async function working(agent?: TestAgent) {
  const by = agent ?? (await gateway.agent(`stoppable ${newId()}`, grants));
  const instanceId = newId();
  const socket = await gateway.connect(await gateway.token(by), instanceId);
  socket.on('decision', (_body: unknown, acknowledge: (answer: object) => void) => acknowledge({}));
  const { session } = await ask(socket, 'session.open', { purpose: 'be stopped' });
  return { agent: by, instanceId, socket, sessionId: session.id };
}
const request = async (socket: Socket, sessionId: string, call: { tool: string; args: object }): Promise<Decision> => (await ask(socket, 'action.request', { sessionId, requestId: newId(), ...call })).decision;
const stop = async (cover: EngageInput) => engageSwitch(await gateway.person('responder'), cover);
const keys = () => controlKeysFrom(new FileKeys({ folder: `${gateway.dataDir}/keys`, holds: [] }));
const lift = async (orderId: string) => (await import('@/lib/switches')).breakGlassRelease(gateway.host, orderId, 'the test is over', gateway.keys.signer('control/order'));
/** Until this gateway has read the order. */
const refused = (socket: Socket, sessionId: string, call: { tool: string; args: object }) =>
  vi.waitFor(async () => expect(await request(socket, sessionId, call)).toMatchObject({ decision: 'deny', code: 'switch.engaged' }), { timeout: 30_000 });

describe('a stop of a class of tools', () => {
  it('takes away these tools and lets the same session go on with the others; what they still bring is withheld', async () => {
    const { socket, sessionId } = await working();
    const [stopped, other] = [customer, search];
    const out = await request(socket, sessionId, stopped);
    await ask(socket, 'action.started', { actionId: out.actionId });
    const unused = await request(socket, sessionId, stopped);
    const beside = await request(socket, sessionId, other);
    await ask(socket, 'action.started', { actionId: beside.actionId });

    const order = await stop({ scope: 'class', target: 'data-access' });
    await refused(socket, sessionId, stopped);
    expect(await request(socket, sessionId, other)).toMatchObject({ decision: 'allow' });
    expect((await send(socket, 'action.started', { actionId: unused.actionId })).ok).toBe(false);
    expect((await ask(socket, 'action.result', { actionId: beside.actionId, status: 'ok', output: 'goes on' })).output).toContain('goes on');
    // Said while it is out, and until its permit ends for the one that was never used.
    expect((await getOrder(order.id))!.outstandingPermits.map(({ actionId, startedAt }) => ({ actionId, started: startedAt !== null }))).toEqual(expect.arrayContaining([{ actionId: out.actionId, started: true }, { actionId: unused.actionId, started: false }]));
    expect((await getOrder(order.id))!.outstandingPermits.map(({ actionId }) => actionId)).not.toContain(beside.actionId);
    expect((await ask(socket, 'action.result', { actionId: out.actionId, status: 'ok', output: 'taken as evidence' })).output).toBeNull();
    const [finished] = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = $1 AND type = 'action.finished' AND body LIKE '%' || $2 || '%'`, [`session/${sessionId}`, out.actionId]);
    expect(JSON.parse(finished!.body)).toMatchObject({ data: { actionId: out.actionId, withheld: true, output: { payloadId: expect.any(String) as string } } });
    expect((await getOrder(order.id))!.outstandingPermits.map(({ actionId }) => actionId)).not.toContain(out.actionId);
    expect(await sql.rows(`SELECT state FROM session WHERE id = $1`, [sessionId])).toEqual([{ state: 'open' }]);
    await lift(order.id);
  });
});

describe('permits that are out when a stop comes', () => {
  it('are shown as not yet stopped until they end; one that must be redeemed is refused and not among them', async () => {
    const { socket, sessionId } = await working();
    const offline = await request(socket, sessionId, search);
    const redeemable = await request(socket, sessionId, search);
    // The same for a tool whose permits are worth nothing until they are redeemed.
    const worthless = newId();
    await sql.rows(
      `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, decided_at, permitted_at, permit_expires_at)
       SELECT $1::uuid, session_id, agent_id, $1::uuid::text, 'issue_refund', digest, decision, code, reason, detail, policy_version, seq, decided_at, permitted_at, permit_expires_at FROM action WHERE id = $2`, [worthless, offline.actionId]);
    const order = await stop({ scope: 'session', target: sessionId });
    await refusedOrNotOpen(socket, sessionId);
    await applySwitch(control, order.id, keys());
    const open = (await getOrder(order.id))!.outstandingPermits;
    expect(open.map(({ actionId }) => actionId).sort()).toEqual([offline.actionId, redeemable.actionId].sort());
    for (const permit of open) expect(permit).toMatchObject({ tool: search.tool, startedAt: null });
    // To the second, as the permit itself says.
    expect(Math.floor(Date.parse(open.find(({ actionId }) => actionId === offline.actionId)!.until) / 1_000) * 1_000).toBe(Date.parse(offline.permitExpiresAt!));
    const answer = await fetch(`${gateway.url}/api/v1/permits/redeem`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ permit: redeemable.permit, ...search }) });
    expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({ code: 'stopped' })]);
    await sql.rows('UPDATE action SET permit_expires_at = clock_timestamp() WHERE id = $1', [offline.actionId]);
    expect((await getOrder(order.id))!.outstandingPermits.map(({ actionId }) => actionId)).toEqual([redeemable.actionId]);
  });
});

describe('an approval in a stopped scope', () => {
  const covers = {
    session: ({ sessionId }) => sessionId, instance: ({ instanceId }) => instanceId, agent: ({ agent }) => agent.clientId, class: () => 'external-communication', global: () => undefined,
  } satisfies Record<EngageInput['scope'], (of: Awaited<ReturnType<typeof working>>) => string | undefined>;
  it.each(Object.keys(covers) as EngageInput['scope'][])('%s: is read as cancelled at once, refuses a late yes, and is cancelled on the record', async (scope) => {
    const work = await working();
    const asked = await request(work.socket, work.sessionId, mail);
    const id = asked.approval!.id;
    const elsewhere = await working();
    const kept = scope === 'global' || scope === 'class' ? undefined : (await request(elsewhere.socket, elsewhere.sessionId, mail)).approval!.id;
    const before = (await countApprovals()).waiting;
    const target = covers[scope](work);
    const order = await stop({ scope, ...(target === undefined ? {} : { target }) });
    // Nothing has been worked off yet: no control runs here.
    const reader = await gateway.person('responder');
    expect((await listApprovals({ state: 'waiting' })).map((one) => one.id)).not.toContain(id);
    expect(await getApproval(reader, id)).toMatchObject({ state: 'cancelled', cancelReason: 'stopped' });
    expect((await countApprovals()).waiting).toBeLessThan(before);
    await expect(decideApproval(reader, { approvalId: id, verdict: 'approve', digest: asked.digest })).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/stop/i) as string });
    await applySwitch(control, order.id, keys());
    expect(await sql.rows('SELECT state, cancel_reason FROM approval WHERE id = $1', [id])).toEqual([{ state: 'cancelled', cancel_reason: 'stopped' }]);
    expect(await sql.rows(`SELECT 1 FROM log.event WHERE stream = $1 AND type = 'approval.cancelled'`, [`session/${work.sessionId}`])).toHaveLength(1);
    if (kept) expect((await listApprovals({ state: 'waiting' })).map((one) => one.id)).toContain(kept);
    await lift(order.id);
    await expect(decideApproval(reader, { approvalId: id, verdict: 'approve', digest: asked.digest })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('access tokens of a stopped agent', () => {
  it('from before the stop open no connection any more, also after its release; a new one does, and acts only once it is released', async () => {
    const { agent, socket } = await working();
    const old = await gateway.token(agent);
    const bystander = await working();
    const theirs = await gateway.token(bystander.agent);
    const order = await stop({ scope: 'agent', target: agent.clientId });
    // By what this gateway sees, before anything was worked off.
    await vi.waitFor(async () => expect(gateway.connect(old)).rejects.toMatchObject({ data: { code: 'unauthenticated', message: expect.stringContaining('revoked') as string } }), { timeout: 30_000 });
    expect(await send(socket, 'auth.refresh', { token: old })).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
    // What is connected stays so: what was out is still reported, as evidence.
    expect(socket.connected).toBe(true);
    await gateway.connect(theirs);
    const fresh = await gateway.connect(await gateway.token(agent));
    expect(await ask(fresh, 'session.open', { purpose: 'born stopped' })).toMatchObject({ session: { state: 'stopped' } });
    await applySwitch(control, order.id, keys());
    await applySwitch(control, order.id, keys());
    expect(await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'switch.tokens_revoked' AND body LIKE '%' || $1 || '%'`, [order.id])).toHaveLength(1);
    await lift(order.id);
    await vi.waitFor(async () => expect(ask(await gateway.connect(await gateway.token(agent)), 'session.open', { purpose: 'after the release' })).resolves.toMatchObject({ session: { state: 'open' } }), { timeout: 30_000 });
    await expect(gateway.connect(old)).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });
});

describe('an order that only the database knows', () => {
  it('is signed and told to the agents by whoever has control\'s key, and by nobody else', async () => {
    const { socket, sessionId } = await working();
    const halted = new Promise<unknown>((resolve) => socket.once('halt', (body: unknown, acknowledge: (answer: object) => void) => { acknowledge({ stopped: [sessionId], at: new Date().toISOString() }); resolve(body); }));
    const id = newId();
    await sql.rows(`INSERT INTO switch_order (id, kind, scope, target, engaged_by, engaged_at, generation) VALUES ($1, 'stop', 'session', $2, '{}', now(), 0)`, [id, sessionId]);
    const standing = new StandingReader(keys(), () => performance.now());
    await signAndFence(makeContext({ kind: 'system', process: 'worker' }), standing, keys());
    expect(await sql.rows('SELECT order_jws, fenced_at FROM switch_order WHERE id = $1', [id])).toEqual([{ order_jws: null, fenced_at: null }]);
    await signAndFence(control, standing, keys(), gateway.keys.signer('control/order'));
    expect(await halted).toMatchObject({ orderJws: expect.any(String) as string });
    await refusedOrNotOpen(socket, sessionId);
  });
});

const refusedOrNotOpen = (socket: Socket, sessionId: string) => vi.waitFor(async () => {
  const answer = await request(socket, sessionId, search);
  expect(['switch.engaged', 'session.not_open']).toContain(answer.code);
}, { timeout: 30_000 });
