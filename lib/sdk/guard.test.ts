import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actionDigest, newId } from '@/lib/protocol';
import { AgentClient } from './agent-client';
import { ApprovalDenied, ApprovalPending, DecisionTimeout, Denied, DigestMismatch, InvalidRequest, LeaseLapsed, Refused, SessionStopped, Unavailable } from './errors';
import { guard } from './guard';
import type { SessionHandle } from './session-handle';
import { asked, ContractServer, decisionFor } from './testing/contract-server';

/** Long enough for a machine that has other work. */
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000 });

let server: ContractServer;
let client: AgentClient;
let session: SessionHandle;
beforeEach(async () => {
  server = await ContractServer.start();
  client = await AgentClient.connect({ url: server.url, clientId: newId(), clientSecret: 'right', instance: { name: 'test' } });
  session = await client.openSession({ purpose: 'testing' });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

describe('guard', () => {
  it('asks, starts, runs, reports, and returns what may be read, in that order', async () => {
    const order: string[] = [];
    server.handlers.set('action.result', () => ({ ok: true, verdict: 'flagged', findings: [], output: 'redacted' }));
    const tool = guard(session, 'look_up', (args: { q: string }, run) => {
      order.push(...server.received.map(({ event }) => event).filter((event) => event.startsWith('action.')), `run ${args.q}`);
      expect(run.signal.aborted).toBe(false);
      return 'secret';
    });
    expect(await tool({ q: 'x' })).toBe('redacted');
    expect(order).toEqual(['action.request', 'action.started', 'run x']);
    expect(server.events('action.result')).toMatchObject([{ status: 'ok', output: 'secret' }]);
  });

  it('does not run what is denied, and says why', async () => {
    server.handlers.set('action.request', (body) => ({ ok: true, decision: decisionFor(body, { decision: 'deny', code: 'policy.forbid', reason: 'No e-mail outside. Ask for a colleague.', rules: [{ id: 'r', effect: 'forbid' }] }) }));
    const run = vi.fn();
    const error = await guard(session, 't', run)({}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Denied);
    expect(error).toMatchObject({ code: 'denied', decisionCode: 'policy.forbid', reason: 'No e-mail outside. Ask for a colleague.', rules: [{ id: 'r' }] });
    expect(run).not.toHaveBeenCalled();
  });

  it.each([{ ok: true, decision: null }, { ok: true }, { ok: 'yes' }, { decision: {} }, null, 'allow', { ok: false }, { ok: false, error: { code: 'new_code', message: 'x' } }])('does not run on an answer like %j', async (answer) => {
    server.handlers.set('action.request', () => answer);
    const run = vi.fn();
    await expect(guard(session, 't', run)({})).rejects.toThrow();
    expect(run).not.toHaveBeenCalled();
  });

  it('does not run when the grant is for other arguments', async () => {
    server.handlers.set('action.request', (body) => ({ ok: true, decision: decisionFor(body, { digest: actionDigest('t', { amount: 1_000_000 }) }) }));
    const run = vi.fn();
    await expect(guard(session, 't', run)({ amount: 1 })).rejects.toBeInstanceOf(DigestMismatch);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([
    ['an error', { ok: false, error: { code: 'conflict', message: 'Started before.' } }, Refused],
    ['a deny decision', { ok: true, decision: { decision: 'deny', reason: 'Stopped.' } }, Refused],
    ['nothing of the contract', { started: true }, Error],
  ])('does not run when the start is refused by %s', async (_name, answer, kind) => {
    server.handlers.set('action.started', () => answer);
    const run = vi.fn();
    await expect(guard(session, 't', run)({})).rejects.toBeInstanceOf(kind);
    expect(run).not.toHaveBeenCalled();
  });

  it('never sends a start twice, and does not run when its answer is lost', async () => {
    server.handlers.set('action.started', (_body, socket) => { socket.conn.close(); return 'silence'; });
    const run = vi.fn();
    await expect(guard(session, 't', run)({})).rejects.toBeInstanceOf(Unavailable);
    expect(server.events('action.started')).toHaveLength(1);
    expect(run).not.toHaveBeenCalled();
  });

  it('runs with a copy, so that nobody can change what was allowed', async () => {
    const args = { list: ['a'] };
    server.handlers.set('action.started', () => { args.list.push('b'); return { ok: true }; });
    const run = vi.fn();
    await guard(session, 't', run)(args);
    expect(run.mock.calls[0]?.[0]).toEqual({ list: ['a'] });
  });

  it('runs what an approver made of it, after asking again for the permit', async () => {
    const args = { amount: 10 };
    let times = 0;
    server.handlers.set('action.request', (body, socket) => {
      const request = body;
      const actionId = newId();
      if (times++ === 0) {
        const question = decisionFor(request, asked({ actionId }));
        setImmediate(() => socket.emit('decision', { decision: decisionFor(request, { actionId, code: 'approval.granted' }) }));
        return { ok: true, decision: question };
      }
      return { ok: true, decision: decisionFor(request, { code: 'approval.granted', args, digest: actionDigest('pay', args), permit: 'p' }) };
    });
    const run = vi.fn();
    const pending = vi.fn();
    await guard(session, 'pay', run)({ amount: 100 }, { onPending: pending });
    expect(run.mock.calls[0]?.[0]).toEqual(args);
    expect(run.mock.calls[0]?.[1]).toMatchObject({ permit: 'p' });
    expect(pending).toHaveBeenCalledOnce();
  });

  it('turns the answer of a person, their silence and a wait that ends into three different errors, and runs in none', async () => {
    const run = vi.fn();
    server.handlers.set('action.request', (body, socket) => {
      const request = body;
      if (request.requestId === 'denied') {
        const actionId = newId();
        const denied = decisionFor(request, { actionId, decision: 'deny', code: 'approval.denied', reason: 'Not this customer.' });
        if (server.events('action.request').length > 1) return { ok: true, decision: denied };
        setImmediate(() => socket.emit('decision', { decision: denied }));
        return { ok: true, decision: decisionFor(request, asked({ actionId })) };
      }
      return { ok: true, decision: decisionFor(request, asked()) };
    });
    const tool = guard(session, 't', run);
    await expect(tool({}, { requestId: 'denied' })).rejects.toBeInstanceOf(ApprovalDenied);
    await expect(tool({}, { requestId: 'slow', waitMs: 20 })).rejects.toBeInstanceOf(DecisionTimeout);
    await expect(tool({}, { requestId: 'not-waiting', onAsk: 'throw' })).rejects.toBeInstanceOf(ApprovalPending);
    expect(run).not.toHaveBeenCalled();
    expect(session.unresolved.map(({ requestId }) => requestId)).toEqual(['slow', 'not-waiting']);
  });

  it('refuses by itself once the lease has lapsed, also between the yes and the run', async () => {
    server.leaseMs = 600;
    server.cut();
    await until(() => expect(client.leaseRemainingMs).toBeLessThanOrEqual(540));
    server.handlers.set('lease.renew', () => 'silence');
    server.handlers.set('action.started', async () => { await until(() => expect(client.leaseRemainingMs).toBeLessThanOrEqual(0)); return { ok: true }; });
    const run = vi.fn();
    await expect(guard(session, 't', run)({})).rejects.toBeInstanceOf(LeaseLapsed);
    expect(run).not.toHaveBeenCalled();
    expect(server.events('action.result')).toMatchObject([{ status: 'error', error: expect.stringMatching(/^Did not run/) as string }]);
    await expect(guard(session, 't', run)({})).rejects.toBeInstanceOf(LeaseLapsed);
    expect(run).not.toHaveBeenCalled();
  });

  it('refuses every call after a halt, ends what waits, and tells what runs', async () => {
    let signal: AbortSignal | undefined;
    const running = guard(session, 't', (_args, run) => { signal = run.signal; return new Promise(() => {}); })({}).catch((e: unknown) => e);
    await until(() => expect(signal).toBeDefined());
    server.handlers.set('action.request', (body) => ({ ok: true, decision: decisionFor(body, asked()) }));
    const waiting = guard(session, 't', vi.fn())({}).catch((e: unknown) => e);
    await until(() => expect(session.unresolved).toHaveLength(1));
    const answer: unknown = await server.sockets[0]?.timeout(2_000).emitWithAck('halt', { orderJws: '' });
    expect(answer).toMatchObject({ stopped: [session.id] });
    expect(signal?.aborted).toBe(true);
    expect(await waiting).toBeInstanceOf(SessionStopped);
    expect(await running).toBeInstanceOf(SessionStopped);
    const run = vi.fn();
    await expect(guard(session, 't', run)({})).rejects.toBeInstanceOf(SessionStopped);
    expect(run).not.toHaveBeenCalled();
    expect(client.sessions).toEqual([]);
  });

  it('hands the tool\'s own error on, and reports it', async () => {
    await expect(guard(session, 't', () => { throw new Error('disk full'); })({})).rejects.toThrow('disk full');
    expect(server.events('action.result')).toMatchObject([{ status: 'error', error: 'disk full' }]);
  });

  it('names what cannot be sent', async () => {
    const error = await guard(session, 't', vi.fn())({ cc: undefined }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidRequest);
    expect(error).toMatchObject({ issues: [{ path: '/cc' }] });
    expect(server.events('action.request')).toEqual([]);
  });

  it('reports an output that is too large as unseen, with its beginning', async () => {
    await guard(session, 't', () => 'x'.repeat(1_000_000))({});
    const [body] = server.events('action.result');
    expect(body).toMatchObject({ unseen: { bytes: 1_000_000 } });
    expect(JSON.stringify(body).length).toBeLessThan(256 * 1024);
  });
});
