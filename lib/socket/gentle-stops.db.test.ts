import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { ask, send, startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';

let gateway: TestGateway;
const grants = [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }];
const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000, interval: 20 });
beforeAll(async () => { gateway = await startTestGateway(); });
afterAll(() => gateway.stop());

/** What control does each round: signs, fences, works off. Returns whether the order is fenced. */
async function round(orderId: string): Promise<boolean> {
  const { controlKeysFrom, getOrder, signAndFence, StandingReader, workOffSwitches } = await import('@/lib/switches');
  const keys = controlKeysFrom(gateway.keys);
  await signAndFence(gateway.host, new StandingReader(keys, () => performance.now()), keys, gateway.keys.signingKey('control/order'));
  await workOffSwitches(gateway.host, [orderId], keys);
  return (await getOrder(orderId))?.order.fencedAt != null;
}
async function agentWithSession(name: string) {
  const agent = await gateway.agent(name, grants);
  const socket = await gateway.connect(await gateway.token(agent), newId());
  for (const event of ['halt', 'pause', 'resume']) socket.on(event, (_body: unknown, acknowledge: (answer: object) => void) => acknowledge(event === 'halt' ? { stopped: [], at: new Date().toISOString() } : {}));
  return { agent, socket, sessionId: (await ask(socket, 'session.open', { purpose: 'a test' })).session.id };
}

describe('new sessions that are held', () => {
  it('are refused over the wire with a code, a sentence and how long; what is open goes on', async () => {
    const { engageSwitch } = await import('@/lib/switches');
    const { socket, sessionId } = await agentWithSession('held');
    const going = (await ask(socket, 'session.open', { purpose: 'another' })).session.id;
    await engageSwitch(gateway.host, { scope: 'session', target: sessionId, holdMinutes: 10 });
    const refused = await send(socket, 'session.open', { purpose: 'once more' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'held', message: expect.stringMatching(/held until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/) } });
    expect((refused as { error: { retryAfterMs: number } }).error.retryAfterMs).toBeGreaterThan(9 * 60_000);
    expect((await ask(socket, 'session.open', { sessionId: going, purpose: 'another' })).session).toMatchObject({ id: going, state: 'open' });
    const { sql } = await import('@/lib/db');
    await sql.rows('UPDATE session_hold SET until = clock_timestamp()');
    expect((await ask(socket, 'session.open', { purpose: 'later' })).session.state).toBe('open');
  });

  it('never open once the stop is fenced, however many are on their way', async () => {
    const { engageSwitch } = await import('@/lib/switches');
    const { socket, sessionId } = await agentWithSession('busy');
    const opening = Array.from({ length: 40 }, (_, i) => send(socket, 'session.open', { purpose: `p${i}` }));
    const order = await engageSwitch(gateway.host, { scope: 'session', target: sessionId, holdMinutes: 10 });
    opening.push(...Array.from({ length: 40 }, (_, i) => send(socket, 'session.open', { purpose: `q${i}` })));
    await until(async () => expect(await round(order.id)).toBe(true));
    const late = await Promise.all(Array.from({ length: 10 }, (_, i) => send(socket, 'session.open', { purpose: `r${i}` })));
    expect(late.every((answer) => !answer.ok && answer.error.code === 'held')).toBe(true);
    const answers = await Promise.all(opening);
    expect(answers.every((answer) => answer.ok || answer.error.code === 'held')).toBe(true);
    const { sql } = await import('@/lib/db');
    const [after] = await sql.rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.event e, log.event f WHERE e.type = 'session.opened' AND f.type = 'switch.fenced' AND f.body LIKE '%' || $1 || '%' AND e.body LIKE '%"agentName":"busy"%' AND e.recorded_at > f.recorded_at`, [order.id]);
    expect(after?.n).toBe(0);
  });
});

describe('a session that opens in a paused scope', () => {
  it('is born paused, and goes on when the pause is lifted', async () => {
    const { breakGlassRelease, engageSwitch } = await import('@/lib/switches');
    const { agent, socket } = await agentWithSession('paused');
    const order = await engageSwitch(gateway.host, { scope: 'agent', target: agent.clientId }, 'pause');
    await until(async () => expect(await round(order.id)).toBe(true));
    const { session } = await ask(socket, 'session.open', { purpose: 'while it is paused' });
    expect(session.state).toBe('paused');
    await breakGlassRelease(gateway.host, order.id, 'a test', gateway.keys.signingKey('control/order'));
    await round(order.id);
    await until(async () => expect((await ask(socket, 'lease.renew', {})).sessions.find(({ id }) => id === session.id)?.state).toBe('open'));
    const { sql } = await import('@/lib/db');
    const events = await sql.rows<{ type: string; body: string }>(`SELECT type, body FROM log.event WHERE stream = $1 AND type IN ('session.paused', 'session.resumed') ORDER BY seq`, [`session/${session.id}`]);
    expect(events.map(({ type, body }) => [type, (JSON.parse(body) as { data: { orderId: string } }).data.orderId])).toEqual([['session.paused', order.id], ['session.resumed', order.id]]);
  });
});
