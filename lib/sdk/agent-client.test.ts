import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeBase64url, newId, type Order, thumbprint } from '@/lib/protocol';
import { AgentClient, type ConnectOptions } from './agent-client';
import { InvalidRequest, Refused, SessionPaused, SessionStopped, Unauthenticated, Unavailable } from './errors';
import { guard } from './guard';
import { asked, ContractServer, decisionFor } from './testing/contract-server';

/** Long enough for a machine that has other work. */
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000 });

let server: ContractServer;
let folder: string;
const clients: AgentClient[] = [];
beforeEach(async () => {
  server = await ContractServer.start();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-sdk-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
  await rm(folder, { recursive: true });
});

const agentId = newId();
async function connect(options: Partial<ConnectOptions> = {}): Promise<AgentClient> {
  const client = await AgentClient.connect({ url: server.url, clientId: agentId, clientSecret: 'right', instance: { name: 'test' }, ...options });
  clients.push(client);
  return client;
}
const push = (event: string, body: unknown) => server.sockets[0]!.timeout(2_000).emitWithAck(event, body) as Promise<unknown>;

describe('connecting', () => {
  it('gives up at once on wrong credentials and on a connection that is refused for good', async () => {
    await expect(connect({ clientSecret: 'wrong' })).rejects.toBeInstanceOf(Unauthenticated);
    server.refuse = { code: 'forbidden', message: 'This instance id belongs to another agent.' };
    await expect(connect()).rejects.toBeInstanceOf(Refused);
  });

  it('says so when there is no gateway', async () => {
    await expect(connect({ url: 'http://127.0.0.1:9', connectTimeoutMs: 100 })).rejects.toBeInstanceOf(Unavailable);
  });

  it('never puts the secret into an error', async () => {
    const error = (await connect({ clientSecret: 'very-secret' }).catch((e: unknown) => e)) as Error;
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain('very-secret');
  });

  it('refreshes its token ahead of its end, without a new connection', async () => {
    server.tokenSeconds = 1;
    await connect();
    await until(() => expect(server.events('auth.refresh').length).toBeGreaterThanOrEqual(2));
    expect(new Set(server.events('auth.refresh').map(({ token }) => token)).size).toBe(server.events('auth.refresh').length);
    expect(server.sockets).toHaveLength(1);
  });

  it('renews its lease after a third of it', async () => {
    server.leaseMs = 600;
    const client = await connect();
    await until(() => expect(server.events('lease.renew').length).toBeGreaterThanOrEqual(4));
    expect(client.leaseRemainingMs).toBeGreaterThan(0);
  });
});

describe('a connection that dies', () => {
  it('comes back, and what was in flight is sent again with the same requestId', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    let cuts = 0;
    server.handlers.set('action.request', (body, socket) => {
      if (cuts++ < 2) { socket.conn.close(); return 'silence'; }
      return { ok: true, decision: decisionFor(body) };
    });
    const run = vi.fn(() => 'done');
    expect(await guard(session, 't', run)({ a: 1 })).toBe('done');
    expect(run).toHaveBeenCalledOnce();
    const ids = server.events('action.request').map(({ requestId }) => requestId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('brings decisions made meanwhile exactly once', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    const heard: string[] = [];
    session.on('decision', (decision) => heard.push(decision.code));
    let question: ReturnType<typeof decisionFor> | undefined;
    server.handlers.set('action.request', (body) => ({ ok: true, decision: (question = decisionFor(body, asked())) }));
    const answer = await session.requestAction({ tool: 't', args: {}, requestId: 'r' });
    expect(answer.decision).toBe('ask');
    const granted = { ...question!, decision: 'allow', code: 'approval.granted', approval: undefined };
    server.handlers.set('sync', () => ({ ok: true, sessions: [{ id: session.id, state: 'open', decisions: [granted] }] }));
    server.cut();
    expect((await session.waitForDecision('r')).code).toBe('approval.granted');
    await push('decision', { decision: granted });
    expect(heard).toEqual(['approval.granted']);
    expect((await session.waitForDecision(answer.actionId)).decision).toBe('allow');
  });

  it('takes a decision that overtook the answer to its own request', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    server.handlers.set('action.request', async (body, socket) => {
      const actionId = newId();
      await socket.timeout(2_000).emitWithAck('decision', { decision: decisionFor(body, { actionId, code: 'approval.granted' }) });
      return { ok: true, decision: decisionFor(body, asked({ actionId })) };
    });
    await session.requestAction({ tool: 't', args: {}, requestId: 'r' });
    expect((await session.waitForDecision('r', { timeoutMs: 1_000 })).decision).toBe('allow');
  });

  it('ends a session that the gateway no longer lists: it is over, or with another instance', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    server.sessions.delete(session.id);
    server.cut();
    await until(() => expect(session.signal.aborted).toBe(true));
    expect(server.events('session.open')).toHaveLength(1);
  });

  it('does not fight with a newer process of the same instance', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    const [socket] = server.sockets;
    socket!.emit('closing', { code: 'conflict', message: 'The same instance has connected again.' });
    socket!.disconnect(true);
    await expect(until(() => { if (client.connected) throw new Error('still connected'); })).resolves.toBeUndefined();
    await expect(session.requestAction({ tool: 't', args: {} })).rejects.toMatchObject({ code: 'conflict' });
    expect(server.sockets).toEqual([]);
  });

  it('opens a lost session again, and ends one that is final on the other side', async () => {
    server.leaseMs = 600;
    const client = await connect();
    const one = await client.openSession({ purpose: 'one' });
    const other = await client.openSession({ purpose: 'other' });
    server.sessions.set(one.id, 'lost');
    await until(() => expect(server.events('session.open').filter(({ sessionId }) => sessionId === one.id)).toHaveLength(2));
    server.handlers.set('session.open', (body) => (body.sessionId === other.id
      ? { ok: false, error: { code: 'conflict', message: 'This session is stopped, and that is final.' } }
      : { ok: true, session: { id: one.id, state: 'open', generation: 1, enforcement: 'cooperative' }, leaseMs: 600, leaseExpiresAt: '', policy: { version: '1', sha256: '' }, canary: '', delimiter: 'd' }));
    server.sessions.set(other.id, 'lost');
    server.cut();
    await until(() => expect(other.signal.aborted).toBe(true));
    expect(() => other.assertMayAct()).toThrow(SessionStopped);
    await until(() => expect(() => one.assertMayAct()).not.toThrow());
  });

  it('waits as long as it was told while the gateway cannot decide, then says when to come again', async () => {
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    // Three times soon enough to wait for, then beyond what the caller waits.
    const waits = [20, 20, 20];
    server.handlers.set('action.request', () => ({ ok: false, error: { code: 'unavailable', message: 'No fresh view of the switches.', retryAfterMs: waits.shift() ?? 60_000 } }));
    const error = await session.requestAction({ tool: 't', args: {} }, { timeoutMs: 15_000 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ retryAfterMs: 60_000 });
    const ids = server.events('action.request').map(({ requestId }) => requestId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
    expect(session.unresolved).toEqual([]);
  });
});

describe('a state file', () => {
  it('brings back the instance, its sessions and what was decided while the process was away, once', async () => {
    const stateFile = path.join(folder, 'deep', 'state.json');
    const first = await connect({ stateFile });
    const session = await first.openSession({ purpose: 'long work', principal: { type: 'user', id: 'u1' }, principalToken: 'a-secret' });
    let question: ReturnType<typeof decisionFor> | undefined;
    server.handlers.set('action.request', (body) => ({ ok: true, decision: (question = decisionFor(body, asked())) }));
    await session.requestAction({ tool: 't', args: { secret: 'hunter2' }, requestId: 'r' });
    await first.close();
    const kept = await readFile(stateFile, 'utf8');
    expect(kept).not.toMatch(/hunter2|a-secret|right/);
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);

    server.handlers.set('sync', () => ({ ok: true, sessions: [{ id: session.id, state: 'open', decisions: [{ ...question!, decision: 'allow', code: 'approval.granted', approval: undefined }] }] }));
    const second = await connect({ stateFile });
    expect(second.instanceId).toBe(first.instanceId);
    const [back] = second.sessions;
    expect(back?.id).toBe(session.id);
    const heard: string[] = [];
    back!.on('decision', (decision) => heard.push(decision.requestId));
    expect(heard).toEqual(['r']);
    await second.close();

    const third = await connect({ stateFile });
    expect(third.sessions[0]?.unresolved).toEqual([]);
    expect(await readdir(path.dirname(stateFile))).toEqual(['state.json']);
  });
});

describe('orders', () => {
  const control = generateKeyPairSync('ed25519');
  const x = control.publicKey.export({ format: 'jwk' }).x ?? '';
  const order = (claims: Record<string, unknown>, key = control.privateKey): string => {
    const head = encodeBase64url(JSON.stringify({ alg: 'EdDSA', typ: 'order+jws', kid: thumbprint(x) }));
    const body = encodeBase64url(JSON.stringify({ id: newId(), issuedAt: new Date().toISOString(), ...claims } satisfies Partial<Order>));
    return `${head}.${body}.${encodeBase64url(sign(null, Buffer.from(`${head}.${body}`), key))}`;
  };

  it('that control signed are obeyed, within their scope', async () => {
    const client = await connect({ controlPin: `${encodeBase64url(generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))},${x}` });
    const [one, other] = [await client.openSession({ purpose: '1' }), await client.openSession({ purpose: '2' })];
    expect(await push('halt', { orderJws: order({ kind: 'engage', scope: 'session', target: one.id }) })).toMatchObject({ stopped: [one.id] });
    expect(() => one.assertMayAct()).toThrow(SessionStopped);
    expect(() => other.assertMayAct()).not.toThrow();
    expect(await push('halt', { orderJws: order({ kind: 'engage', scope: 'agent', target: newId() }) })).toMatchObject({ stopped: [] });
    expect(await push('halt', { orderJws: order({ kind: 'engage', scope: 'instance', target: client.instanceId }) })).toMatchObject({ stopped: [other.id] });
  });

  it('of somebody else are not, and that is told', async () => {
    const client = await connect({ controlPin: x });
    const session = await client.openSession({ purpose: 'p' });
    const refused: string[] = [];
    client.on('orderRefused', ({ why }) => refused.push(why));
    const forged = order({ kind: 'engage', scope: 'global' }, generateKeyPairSync('ed25519').privateKey);
    expect(await push('halt', { orderJws: forged })).toMatchObject({ stopped: [] });
    await push('halt', { orderJws: order({ kind: 'noop' }) });
    await push('halt', {});
    expect(refused).toEqual(['bad_signature', 'the order is a noop', 'malformed']);
    expect(() => session.assertMayAct()).not.toThrow();
  });

  it('to pause overlap, and only the resume that names one lifts it, once', async () => {
    const client = await connect({ controlPin: x });
    const session = await client.openSession({ purpose: 'p' });
    const [a, b] = [newId(), newId()];
    await push('pause', { orderJws: order({ kind: 'pause', id: a, scope: 'global' }) });
    await push('pause', { orderJws: order({ kind: 'pause', id: b, scope: 'session', target: session.id }) });
    const resume = order({ kind: 'resume', scope: 'global', releases: a, epoch: Date.now() });
    await push('resume', { orderJws: resume });
    expect(session.state).toBe('paused');
    await push('resume', { orderJws: order({ kind: 'resume', scope: 'session', target: session.id, releases: b, epoch: Date.now() + 1_000 }) });
    expect(() => session.assertMayAct()).not.toThrow();
    // A gateway that is some moments behind tells of one that was lifted: orders count once.
    await push('pause', { orderJws: order({ kind: 'pause', id: a, scope: 'global' }) });
    expect(() => session.assertMayAct()).not.toThrow();
    await push('pause', { orderJws: order({ kind: 'pause', scope: 'global' }) });
    await push('resume', { orderJws: resume });
    expect(() => session.assertMayAct()).toThrow(SessionPaused);
  });

  it('to release lift nothing: not a release for a stop, not one of the gateway\'s making, not one that was used before; and a stop that is sent again still stops', async () => {
    const client = await connect({ controlPin: x });
    const refused: string[] = [];
    client.on('orderRefused', ({ why }) => refused.push(why));
    const session = await client.openSession({ purpose: 'p' });
    const [stop, pause, second] = [newId(), newId(), newId()];
    const gateway = generateKeyPairSync('ed25519').privateKey;
    const epoch = Date.now();
    const refusedWith = async (why: string, orderJws: string) => {
      await push('resume', { orderJws });
      expect(refused.splice(0)).toEqual([why]);
      expect(() => session.assertMayAct()).toThrow(SessionPaused);
    };
    await push('pause', { orderJws: order({ kind: 'pause', id: pause, scope: 'session', target: session.id }) });
    await refusedWith('bad_signature', order({ kind: 'resume', scope: 'session', target: session.id, releases: pause, epoch }, gateway));
    await refusedWith('epoch_ahead', order({ kind: 'resume', scope: 'session', target: session.id, releases: pause, epoch: epoch + 6 * 60_000 }));
    await refusedWith('the order is a release', order({ kind: 'release', scope: 'session', target: session.id, releases: pause, epoch }));
    await refusedWith('the order is a engage', order({ kind: 'engage', scope: 'session', target: session.id }));
    const used = order({ kind: 'resume', scope: 'session', target: session.id, releases: pause, epoch });
    await push('resume', { orderJws: used });
    expect(() => session.assertMayAct()).not.toThrow();
    await push('pause', { orderJws: order({ kind: 'pause', id: second, scope: 'session', target: session.id }) });
    await refusedWith('epoch_passed', used);

    // A stop is final: neither control's own release nor a forged one brings the session back.
    const engage = order({ kind: 'engage', id: stop, scope: 'agent', target: agentId, issuedAt: '2026-01-01T00:00:00.000Z' });
    expect(await push('halt', { orderJws: engage })).toMatchObject({ stopped: [session.id] });
    for (const key of [gateway, control.privateKey]) await push('resume', { orderJws: order({ kind: 'resume', scope: 'agent', target: agentId, releases: stop, epoch: epoch + 1_000 }, key) });
    expect(() => session.assertMayAct()).toThrow(SessionStopped);
    // The very same order, months old and seen before, stops what was opened since.
    const later = await client.openSession({ purpose: 'after the release' });
    expect(await push('halt', { orderJws: engage })).toMatchObject({ stopped: expect.arrayContaining([later.id]) as unknown });
    expect(() => later.assertMayAct()).toThrow(SessionStopped);
  });

  it('without a pin stop and pause, and never resume', async () => {
    vi.stubEnv('COUNTERSIGN_CONTROL_PIN', '');
    const client = await connect();
    const session = await client.openSession({ purpose: 'p' });
    const id = newId();
    await push('pause', { orderJws: order({ kind: 'pause', id, scope: 'global' }) });
    await push('resume', { orderJws: order({ kind: 'resume', scope: 'global', releases: id, epoch: Date.now() }) });
    expect(session.state).toBe('paused');
    await push('halt', { orderJws: 'nonsense' });
    expect(() => session.assertMayAct()).toThrow(SessionStopped);
    vi.unstubAllEnvs();
  });

  it('are never left to chance by a pin that cannot be read', async () => {
    for (const controlPin of ['x', `${x},${x.slice(1)}`, `${randomBytes(31).toString('base64url')}`, ' , ']) await expect(connect({ controlPin })).rejects.toBeInstanceOf(InvalidRequest);
  });
});
