import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Context } from '@/lib/context';
import { type Decision, thumbprint } from '@/lib/protocol';
import { startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import { AgentClient, ApprovalDenied, type ConnectOptions, Denied, guard, LeaseLapsed, type SessionHandle, SessionPaused, SessionStopped, verifyPermit, PermitRefused, redeemPermit, Unauthenticated } from '.';

/** Long enough for a machine that has other work. */
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000 });

let gateway: TestGateway;
let agent: TestAgent;
let boss: Context;
const clients: AgentClient[] = [];
beforeAll(async () => {
  gateway = await startTestGateway({ leaseMs: 3_000 });
  agent = await gateway.agent('sdk', [{ toolset: 'email', operations: ['*'], scope: '**' }, { toolset: 'knowledge_base', operations: ['*'], scope: '**' }, { toolset: 'payments', operations: ['*'], scope: '**' }]);
  boss = await gateway.person('admin');
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
afterAll(() => gateway.stop());

async function connect(options: Partial<ConnectOptions> = {}): Promise<AgentClient> {
  const client = await AgentClient.connect({ url: gateway.url, ...agent, instance: { name: 'sdk test' }, controlPin: pin(), ...options });
  clients.push(client);
  return client;
}
const pin = () => gateway.keys.signingKey('control/order').publicJwk.x;
async function decide(decision: Decision, verdict: 'approve' | 'deny', reason?: string): Promise<void> {
  const { decideApproval } = await import('@/lib/approvals');
  await decideApproval(boss, { approvalId: decision.approval!.id, verdict, digest: decision.digest, ...(reason ? { reason } : {}) });
}
/** What control does: signs what was engaged, then stops or pauses the sessions it hits. */
async function engage(session: SessionHandle, kind: 'stop' | 'pause'): Promise<string> {
  const { engageSwitch, signAndFence, StandingReader, workOffSwitches, controlKeysFrom } = await import('@/lib/switches');
  const order = await engageSwitch(boss, { scope: 'session', target: session.id }, kind);
  const keys = controlKeysFrom(gateway.keys);
  await signAndFence(gateway.host, new StandingReader(keys, () => performance.now()), keys, gateway.keys.signingKey('control/order'));
  await workOffSwitches(gateway.host, [order.id], keys);
  return order.id;
}
const mail = { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text of some length' };

describe('guard against the real gateway', () => {
  it('runs what is permitted once, and hands on what may be read', async () => {
    const session = await (await connect()).openSession({ purpose: 'look something up' });
    const run = vi.fn(() => 'an article');
    const search = guard(session, 'search_articles', run);
    expect(await search({ query: 'refunds' }, { requestId: 'once' })).toContain('an article');
    await expect(search({ query: 'refunds' }, { requestId: 'once' })).rejects.toMatchObject({ code: 'conflict' });
    expect(run).toHaveBeenCalledOnce();
    await session.close();
    await expect(search({ query: 'refunds' })).rejects.toBeInstanceOf(SessionStopped);
  });

  it('says why when the answer is no', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    await expect(guard(session, 'launch_rocket', vi.fn())({})).rejects.toMatchObject({ decisionCode: 'tool.unknown' });
    await expect(guard(session, 'run_command', vi.fn())({ command: 'ls' })).rejects.toBeInstanceOf(Denied);
  });

  it('waits for a person: a yes runs it, a no never does', async () => {
    const session = await (await connect()).openSession({ purpose: 'write to a customer' });
    const sent = vi.fn((_args: typeof mail, run: { permit?: string }) => run.permit);
    const send = guard(session, 'send_email', sent);
    expect(await send(mail, { onPending: (decision) => void decide(decision, 'approve') })).toBeTruthy();
    expect(sent).toHaveBeenCalledOnce();
    expect(sent.mock.results[0]?.value).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const error = await send(mail, { onPending: (decision) => void decide(decision, 'deny', 'not to them') }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApprovalDenied);
    expect((error as ApprovalDenied).reason).toContain('not to them');
    expect(sent).toHaveBeenCalledOnce();
  });

  it('gives a permit that verifies offline for this very call, and for no other', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    const args = { query: 'permits' };
    const { permit, actionId } = await session.requestAction({ tool: 'search_articles', args });
    const check = { issuer: gateway.url, audience: 'knowledge_base', tool: 'search_articles', args, redeem: 'optional' as const };
    expect(await verifyPermit(permit!, check)).toMatchObject({ jti: actionId, sid: session.id });
    await expect(verifyPermit(permit!, { ...check, args: { query: 'other' } })).rejects.toMatchObject({ reason: 'digest_mismatch' });
    await expect(verifyPermit(permit!, { ...check, audience: 'email' })).rejects.toMatchObject({ reason: 'wrong_audience' });
    await expect(verifyPermit(permit!, { ...check, redeem: 'required' })).rejects.toMatchObject({ reason: 'redeem_required' });
    await expect(verifyPermit(`${permit!.slice(0, -2)}xx`, check)).rejects.toBeInstanceOf(PermitRefused);
    await expect(redeemPermit(permit!, { url: gateway.url, tool: 'search_articles', args: { query: 'other' } })).rejects.toMatchObject({ reason: 'digest_mismatch' });
    expect(await redeemPermit(permit!, { url: gateway.url, tool: 'search_articles', args })).toEqual({ actionId });
    await expect(redeemPermit(permit!, { url: gateway.url, tool: 'search_articles', args })).rejects.toMatchObject({ reason: 'used' });
  });
});

describe('the rest of the contract', () => {
  it('takes a client assertion instead of a secret, and no other key', async () => {
    const { sql } = await import('@/lib/db');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const kid = thumbprint(jwk.x ?? '');
    await sql.rows('INSERT INTO agent_key (agent_id, kid, jwk) VALUES ($1, $2, $3)', [agent.clientId, kid, JSON.stringify({ ...jwk, kid })]);
    const by = { url: gateway.url, clientId: agent.clientId, instance: { name: 'by key' }, controlPin: pin() };
    for (const clientAssertionKey of [privateKey, privateKey.export({ format: 'jwk' }), privateKey.export({ format: 'pem', type: 'pkcs8' }) as string]) {
      const client = await AgentClient.connect({ ...by, clientAssertionKey: clientAssertionKey as never });
      expect(client.connected).toBe(true);
      await client.close();
    }
    await expect(AgentClient.connect({ ...by, clientAssertionKey: generateKeyPairSync('ed25519').privateKey })).rejects.toBeInstanceOf(Unauthenticated);
  });

  it('signs its acknowledgement of a halt by the key that it has', async () => {
    const { sql } = await import('@/lib/db');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const kid = thumbprint(jwk.x ?? '');
    await sql.rows('INSERT INTO agent_key (agent_id, kid, jwk) VALUES ($1, $2, $3)', [agent.clientId, kid, JSON.stringify({ ...jwk, kid })]);
    const client = await AgentClient.connect({ url: gateway.url, clientId: agent.clientId, instance: { name: 'signs' }, controlPin: pin(), clientAssertionKey: privateKey });
    clients.push(client);
    const session = await client.openSession({ purpose: 'p' });
    const orderId = await engage(session, 'stop');
    await vi.waitFor(async () => expect(await sql.rows(`SELECT body::jsonb->'data'->>'signedBy' AS kid FROM log.event WHERE type = 'session.halt_acknowledged' AND body::jsonb->'data'->>'orderId' = $1`, [orderId])).toEqual([{ kid }]), 30_000);
  });

  it('takes inputs, plans, outputs and spans, and names what is wrong before it is sent', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    const input = await session.addInput({ origin: 'document', source: 'a page', text: 'Refunds take three days.' });
    expect(input.wrapped).toContain(session.delimiter);
    const plan = await session.submitPlan([{ id: 'one', tool: 'search_articles', args: { query: 'x' } }, { id: 'two', tool: 'launch_rocket', args: {} }]);
    expect(plan.steps.map(({ forecast }) => forecast)).toEqual(['allow', 'deny']);
    expect((await session.checkOutput('All is well.')).text).toBe('All is well.');
    expect(await session.addSpans([{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'think', kind: 'internal', startedAt: new Date().toISOString(), attributes: {} }])).toBe(1);
    await expect(session.submitPlan([])).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/steps' }] });
  });
});

describe('a stop', () => {
  it('signed by control ends the session, what waits in it and what runs in it, and is acknowledged', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    let runs: AbortSignal | undefined;
    const running = guard(session, 'search_articles', (_args, run) => { runs = run.signal; return new Promise((resolve) => run.signal.addEventListener('abort', () => resolve('too late'))); })({ query: 'x' }).catch((e: unknown) => e);
    await until(() => expect(runs).toBeDefined());
    const pending = vi.fn();
    const sent = vi.fn();
    const waiting = guard(session, 'send_email', sent)(mail, { onPending: pending }).catch((e: unknown) => e);
    await until(() => expect(pending).toHaveBeenCalled());
    const order = await engage(session, 'stop');
    expect(await running).toBeInstanceOf(SessionStopped);
    expect(await waiting).toBeInstanceOf(SessionStopped);
    await expect(guard(session, 'search_articles', vi.fn())({ query: 'y' })).rejects.toBeInstanceOf(SessionStopped);
    expect(sent).not.toHaveBeenCalled();
    const { getOrder } = await import('@/lib/switches');
    await until(async () => expect((await getOrder(order))?.targets).toMatchObject([{ sessionId: session.id, state: 'acknowledged' }]));
  });

  it('that only pauses holds every call back', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    const paused = new Promise((resolve) => session.on('pause', resolve));
    await engage(session, 'pause');
    await paused;
    await expect(guard(session, 'search_articles', vi.fn())({ query: 'y' })).rejects.toBeInstanceOf(SessionPaused);
  });

  it('and is lifted while the agent is away lets it go on when it is back', async () => {
    const session = await (await connect()).openSession({ purpose: 'p' });
    const paused = new Promise((resolve) => session.on('pause', resolve));
    const order = await engage(session, 'pause');
    await paused;
    await gateway.stopServing();
    const { breakGlassRelease, controlKeysFrom, workOffSwitches } = await import('@/lib/switches');
    await breakGlassRelease(gateway.host, order, 'a test', gateway.keys.signingKey('control/order'));
    await workOffSwitches(gateway.host, [order], controlKeysFrom(gateway.keys));
    await gateway.serveAgain();
    await until(() => session.assertMayAct());
    expect(await guard(session, 'search_articles', () => 'an article')({ query: 'y' })).toContain('an article');
  });
});

describe('a gateway that goes away', () => {
  it('leaves nothing that may run once the lease is over, and comes back by itself with what was decided meanwhile', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-sdk-'));
    const client = await connect({ stateFile: path.join(folder, 'state.json') });
    const session = await client.openSession({ purpose: 'p' });
    const heard: string[] = [];
    session.on('decision', (decision) => heard.push(`${decision.requestId} ${decision.code}`));
    const asked = await session.requestAction({ tool: 'send_email', args: mail, requestId: 'r' });
    expect(asked.decision).toBe('ask');
    const sent = vi.fn(() => 'sent');
    const lapsed = until(() => { if (client.leaseRemainingMs > 0) throw new Error('holds'); });
    await gateway.stopServing();
    await decide(asked, 'approve');
    await lapsed;
    await expect(guard(session, 'search_articles', sent)({ query: 'x' })).rejects.toBeInstanceOf(LeaseLapsed);
    await gateway.serveAgain();
    expect((await session.waitForDecision('r', { timeoutMs: 20_000 })).code).toBe('approval.granted');
    await until(() => session.assertMayAct());
    expect(await guard(session, 'send_email', sent)(mail, { requestId: 'r' })).toContain('sent');
    expect(heard).toEqual(['r approval.granted']);
    expect(sent).toHaveBeenCalledOnce();
    await client.close();
    await rm(folder, { recursive: true });
  });

  it('and a process that is restarted meanwhile go on where they were', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-sdk-'));
    const stateFile = path.join(folder, 'state.json');
    const first = await connect({ stateFile });
    const asked = await (await first.openSession({ purpose: 'long' })).requestAction({ tool: 'send_email', args: mail, requestId: 'r' });
    await first.close();
    await decide(asked, 'approve');
    const second = await connect({ stateFile });
    const [session] = second.sessions;
    const sent = vi.fn(() => 'sent');
    expect((await session!.waitForDecision('r', { timeoutMs: 30_000 })).decision).toBe('allow');
    expect(await guard(session!, 'send_email', sent)(mail, { requestId: 'r' })).toContain('sent');
    expect(sent).toHaveBeenCalledOnce();
    await session!.close();
    await second.close();
    const third = await connect({ stateFile });
    expect(third.sessions).toEqual([]);
    await third.close();
    await rm(folder, { recursive: true });
  });
});
