import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '@/lib/context';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { Decision } from '@/lib/protocol/decision';
import { newId } from '@/lib/protocol/ids';
import type { Ack } from '@/lib/protocol/wire-error';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

let gateway: TestGateway;
let agent: TestAgent;
const grants = ['email', 'ticket_system', 'knowledge_base'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' }));
const read = { tool: 'read_ticket', args: { ticketId: 'T-1' } };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text' } };

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('racer', grants);
});
afterAll(() => gateway.stop());

async function openSession(holder = agent, instanceId = newId()) {
  const socket = await gateway.connect(await gateway.token(holder), instanceId);
  socket.on('decision', (_body: unknown, acknowledge: (answer: object) => void) => acknowledge({}));
  const { session } = await ask(socket, 'session.open', { purpose: 'race' });
  return { socket, sessionId: session.id };
}
const request = async (socket: Socket, sessionId: string, call: { tool: string; args: object }, requestId: string = newId()): Promise<Decision> => (await ask(socket, 'action.request', { sessionId, requestId, ...call })).decision;
const approve = async (who: Context, decision: Decision, digest = decision.digest) => (await import('@/lib/approvals')).decideApproval(who, { approvalId: decision.approval!.id, verdict: 'approve', digest });
const deny = async (who: Context, decision: Decision) => (await import('@/lib/approvals')).decideApproval(who, { approvalId: decision.approval!.id, verdict: 'deny', digest: decision.digest, reason: 'no' });
const redeem = async (decision: Decision, call: { tool: string; args: object }) => fetch(`${gateway.url}/api/v1/permits/redeem`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ permit: decision.permit, ...call }) });
async function eventsOf(sessionId: string, type: string): Promise<{ data: Record<string, unknown> }[]> {
  const { sql } = await import('@/lib/db');
  return (await sql.rows<{ body: string }>('SELECT body FROM log.event WHERE stream = $1 AND type = $2 ORDER BY seq', [`session/${sessionId}`, type])).map((row) => JSON.parse(row.body) as { data: Record<string, unknown> });
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('two who decide at once', () => {
  it.each([0, 10, 50])('%d ms apart: exactly one decides, the other is told who it was', async (apart) => {
    const { socket, sessionId } = await openSession();
    const decision = await request(socket, sessionId, mail);
    const [ada, grace] = [await gateway.person('responder', `Ada-${newId().slice(-4)}`), await gateway.person('responder', `Grace-${newId().slice(-4)}`)];
    const outcomes = await Promise.allSettled([approve(ada, decision), wait(apart).then(() => deny(grace, decision))]);
    const won = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const lost = outcomes[1 - won] as PromiseRejectedResult;
    const winner = [ada, grace][won]!.actor as { name: string };
    expect(lost.reason).toMatchObject({ code: 'conflict', message: expect.stringContaining(winner.name) });
    expect([...(await eventsOf(sessionId, 'approval.granted')), ...(await eventsOf(sessionId, 'approval.denied'))]).toHaveLength(1);
    expect((await request(socket, sessionId, mail, decision.requestId)).decision).toBe(won === 0 ? 'allow' : 'deny');
  });

  it('of ten people at once one decides', async () => {
    const { socket, sessionId } = await openSession();
    const decision = await request(socket, sessionId, mail);
    const people = await Promise.all(Array.from({ length: 10 }, () => gateway.person('responder')));
    const outcomes = await Promise.allSettled(people.map((person, i) => (i % 2 ? approve(person, decision) : deny(person, decision))));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  it('a decision on arguments that are not the ones asked about is refused and changes nothing', async () => {
    const { socket, sessionId } = await openSession();
    const decision = await request(socket, sessionId, mail);
    const boss = await gateway.person('admin');
    await expect(approve(boss, decision, 'f'.repeat(64))).rejects.toMatchObject({ code: 'conflict', data: { why: 'stale_digest' } });
    expect(await eventsOf(sessionId, 'approval.granted')).toHaveLength(0);
    await approve(boss, decision);
    expect((await request(socket, sessionId, mail, decision.requestId)).decision).toBe('allow');
  });
});

describe('one action, twice at once', () => {
  it.each(['outright', 'by a person'])('started by two messages, allowed %s: one may run it, the other may not', async (how) => {
    const { socket, sessionId } = await openSession();
    const call = how === 'outright' ? read : mail;
    let decision = await request(socket, sessionId, call);
    if (how === 'by a person') {
      await approve(await gateway.person('admin'), decision);
      decision = await request(socket, sessionId, call, decision.requestId);
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(socket, 'action.started', { actionId: decision.actionId })));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect(answer.error.code).toMatch(/^(conflict|forbidden)$/);
    expect(await eventsOf(sessionId, 'action.started')).toHaveLength(1);
  });

  it('redeemed by two tool servers: one gets 200, the others 409 used', async () => {
    const { socket, sessionId } = await openSession();
    const decision = await request(socket, sessionId, read);
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(decision, read)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
    for (const answer of answers) if (answer.status === 409) expect(await answer.json()).toMatchObject({ code: 'used' });
    expect(await eventsOf(sessionId, 'permit.redeemed')).toHaveLength(1);
  });

  it('reported by two messages: one result is on record', async () => {
    const { socket, sessionId } = await openSession();
    const { actionId } = await request(socket, sessionId, read);
    await ask(socket, 'action.started', { actionId });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => send(socket, 'action.result', { actionId, status: 'ok', output: `result ${i}` })));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await eventsOf(sessionId, 'action.finished')).toHaveLength(1);
  });

  it('asked for by two messages, also from two connections one after the other: one action', async () => {
    const { socket, sessionId } = await openSession();
    const decisions = await Promise.all(Array.from({ length: 8 }, () => request(socket, sessionId, mail, 'same')));
    expect(new Set(decisions.map((decision) => decision.actionId)).size).toBe(1);
    expect(await eventsOf(sessionId, 'action.asked')).toHaveLength(1);
  });

  it('collected while a hundred others of the session are decided: it gets through', async () => {
    const { socket, sessionId } = await openSession();
    const decision = await request(socket, sessionId, mail);
    await approve(await gateway.person('admin'), decision);
    let busy = true;
    const others = Array.from({ length: 20 }, async () => { while (busy) await request(socket, sessionId, read); });
    const collected = await Promise.all(Array.from({ length: 5 }, () => send(socket, 'action.request', { sessionId, requestId: decision.requestId, ...mail })));
    const answer = await send(socket, 'action.started', { actionId: decision.actionId });
    busy = false;
    await Promise.all(others);
    for (const one of collected) expect(one).toMatchObject({ ok: true, decision: { decision: 'allow' } });
    expect(answer).toMatchObject({ ok: true });
  });
});

describe('a stop and a grant at once', () => {
  it('whatever comes first, nothing runs once the stop is acknowledged', async () => {
    const { engageSwitch } = await import('@/lib/switches');
    for (const apart of [-30, -5, 0, 5, 30]) {
      const { socket, sessionId } = await openSession();
      const decision = await request(socket, sessionId, mail);
      const boss = await gateway.person('admin');
      await Promise.allSettled([wait(Math.max(0, -apart)).then(() => approve(boss, decision)), wait(Math.max(0, apart)).then(() => engageSwitch(boss, { scope: 'session', target: sessionId }))]);
      // The stop has committed: from here on no answer of this gateway may be a yes.
      const again = await send(socket, 'action.request', { sessionId, requestId: decision.requestId, ...mail });
      if (again.ok) expect(again.decision.permit).toBeUndefined();
      const started = await send(socket, 'action.started', { actionId: decision.actionId });
      expect(started.ok).toBe(false);
      const other = await send(socket, 'action.request', { sessionId, requestId: newId(), ...read });
      if (other.ok) expect(other.decision.decision).toBe('deny');
    }
  });

  it('a permit that was out already is not redeemed after the stop', async () => {
    const { engageSwitch } = await import('@/lib/switches');
    const { socket, sessionId } = await openSession();
    const decisions = await Promise.all(Array.from({ length: 5 }, () => request(socket, sessionId, read)));
    await engageSwitch(await gateway.person('responder'), { scope: 'session', target: sessionId });
    const answers = await Promise.all(decisions.map((decision) => redeem(decision, read)));
    for (const answer of answers) expect([409, 503]).toContain(answer.status);
    expect(await eventsOf(sessionId, 'permit.redeemed')).toHaveLength(0);
  });
});

describe('somebody else in the middle of it', () => {
  it('a take-over while thirty actions are decided: each is decided once, and none for the old instance afterwards', async () => {
    const { socket, sessionId } = await openSession();
    const flood = Array.from({ length: 30 }, (_, i) => send(socket, 'action.request', { sessionId, requestId: `t${i}`, ...read }));
    const other = await gateway.connect(await gateway.token(agent));
    const taken = ask(other, 'session.open', { sessionId, purpose: 'mine now' });
    const answers: Ack<AgentAnswer<'action.request'>>[] = await Promise.all(flood);
    expect((await taken).session.generation).toBe(2);
    for (const answer of answers) if (!answer.ok) expect(['conflict', 'unavailable']).toContain(answer.error.code);
    expect(await send(socket, 'action.request', { sessionId, requestId: 'late', ...read })).toMatchObject({ ok: false, error: { code: 'conflict' } });
    const told = answers.flatMap((answer) => (answer.ok ? [answer.decision] : []));
    for (const decision of told) expect((await request(other, sessionId, read, decision.requestId)).actionId).toBe(decision.actionId);
    expect(new Set((await eventsOf(sessionId, 'action.allowed')).map((event) => event.data.requestId)).size).toBe((await eventsOf(sessionId, 'action.allowed')).length);
  });

  it('an agent that is disabled while it asks is allowed nothing from then on', async () => {
    const { disableAgent } = await import('@/lib/agents');
    const doomed = await gateway.agent(`doomed ${newId()}`, grants);
    const { socket, sessionId } = await openSession(doomed);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    let after = false;
    const late: unknown[] = [];
    const flood = Array.from({ length: 10 }, async () => {
      while (socket.connected) {
        const sentAfter = after;
        const answer = await Promise.race([send(socket, 'action.request', { sessionId, requestId: newId(), ...read }), gone.then(() => undefined)]).catch(() => undefined);
        if (sentAfter && answer?.ok && answer.decision.decision === 'allow') late.push(answer);
      }
    });
    await wait(50);
    await disableAgent(gateway.host, doomed.clientId);
    after = true;
    await gone;
    await Promise.all(flood);
    // The notice takes a moment; what is allowed within it is not what this is about, what comes after the connection is.
    expect(late.length).toBeLessThan(20);
    await expect(gateway.connect(await gateway.token(doomed))).rejects.toMatchObject({ data: { code: expect.stringMatching(/^(unauthenticated|invalid)$/) } });
  });
});
