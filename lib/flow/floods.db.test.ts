import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { pool, sqlOf } from '@/lib/db';
import { freePort } from '@/lib/db/embedded-postmaster';
import type { Bundle } from '@/lib/policies/schema';
import { AgentClient, type SessionHandle } from '@/lib/sdk';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';
import { startProcess, type RunningWorker } from '@/lib/testing/running-worker';
import { pauseFloods } from './index';
import { floodSentence } from './flood-rules';

const worker = makeContext({ kind: 'system', process: 'worker' });
const LIMIT = 120;
let gateway: TestGateway;
let second: RunningWorker;
const clients: AgentClient[] = [];
const owner = () => sqlOf(pool(gateway.database.url));
beforeAll(async () => {
  gateway = await startTestGateway();
  const port = await freePort();
  second = await startProcess('gateway', gateway.database.urlAs('gateway'), { dataDir: gateway.dataDir, env: { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: gateway.url, CONSOLE_UPSTREAM: '', CONTROL_URLS: 'http://127.0.0.1:1' } });
  urls = [gateway.url, `http://127.0.0.1:${port}`];
  const { publishBundle, starterBundle } = await import('@/lib/policies');
  await publishBundle(gateway.host, { bundle: { ...(starterBundle(2) as Bundle), limits: [] } }, { keys: gateway.keys });
}, 180_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await second.stop();
  await gateway.stop();
});
let urls: string[];

/** A session of the same agent at each gateway. */
async function sessions(agent: { clientId: string; clientSecret: string }): Promise<SessionHandle[]> {
  return Promise.all(urls.map(async (url) => {
    const client = await AgentClient.connect({ url, ...agent, instance: { name: 'flood' }, controlPin: gateway.keys.signingKey('control/order').publicJwk.x });
    clients.push(client);
    return client.openSession({ purpose: 'mail everybody' });
  }));
}
const mail = (n: number) => ({ tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: `Offer ${n}`, body: 'A text of some length' } });
async function askMany(from: readonly SessionHandle[], many: number): Promise<string[]> {
  const codes: string[] = [];
  const each = Array.from({ length: 16 }, async (_, lane) => { for (let n = lane; n < many; n += 16) codes.push((await from[n % from.length]!.requestAction(mail(n))).code); });
  await Promise.all(each);
  return codes;
}
const lookAtOnce = async (workers: number, limit = LIMIT) => (await Promise.all(Array.from({ length: workers }, () => pauseFloods(worker, limit)))).flat();
const recorded = async (type: string, agentOrSession: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE type = $1 AND body LIKE '%' || $2 || '%'`, [type, agentOrSession])).map(({ body }) => JSON.parse(body) as { actor: { kind: string; id: string }; data: Record<string, unknown> });
const release = (orderId: string) => owner().rows(`UPDATE switch_order SET state = 'released', released_at = clock_timestamp() WHERE id = $1`, [orderId]);
/** As many questions as that, as rows, a while ago. */
async function asked(session: { id: string; agentId: string }, many: number, secondsAgo = 0): Promise<void> {
  for (let n = 0; n < many; n++) { const { approvalId } = await insertPendingApproval(owner(), session); await owner().rows('UPDATE approval SET requested_at = requested_at - make_interval(secs => $2) WHERE id = $1', [approvalId, secondsAgo]); }
}
const aSession = async () => (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
/** Looks with the database role of the worker, which may do this and no more. */
async function asWorker<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = gateway.database.urlAs('worker');
  try { return await work(); } finally { process.env.DATABASE_URL = before; }
}

describe('2,000 questions in a minute from one agent, by two gateways', () => {
  it('pause it once, with one alert that pages and one incident, and keep what it asked', async () => {
    const agent = await gateway.agent('flooder', [{ toolset: 'email', operations: ['*'], scope: '**' }]);
    const [agentRow] = await owner().rows<{ id: string }>(`SELECT id FROM agent WHERE name = 'flooder'`);
    const agentId = agentRow!.id;
    const both = await sessions(agent);
    const from = performance.now();
    const codes = await askMany(both, 2_000);
    console.info(`2,000 questions through two gateways in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
    expect(codes.every((code) => code === 'approval.pending')).toBe(true);
    const orders = await lookAtOnce(6);
    expect(orders).toHaveLength(1);
    expect(await lookAtOnce(3)).toEqual([]);
    expect(await owner().rows('SELECT id, kind, scope, target FROM switch_order WHERE target = $1', [agentId])).toEqual([{ id: orders[0], kind: 'pause', scope: 'agent', target: agentId }]);
    const alerts = await owner().rows<{ id: string; act: string; count: number; state: string; rule: string }>('SELECT id, act, count, state, rule FROM alert WHERE agent_id = $1', [agentId]);
    expect(alerts).toMatchObject([{ act: 'page', state: 'open', rule: 'flood' }]);
    expect(alerts[0]!.count).toBeGreaterThan(LIMIT);
    expect(await recorded('alert.raised', agentId)).toMatchObject([{ actor: { kind: 'system', id: 'worker' }, data: { act: 'page', alertId: alerts[0]!.id } }]);
    expect(await owner().rows('SELECT act, outcome, order_id AS "orderId" FROM alert_act WHERE rule = $1 AND order_id = $2', ['flood', orders[0]])).toEqual([{ act: 'pause', outcome: 'done', orderId: orders[0] }]);
    const [flood] = await owner().rows<{ sessionId: string; asks: number }>('SELECT session_id AS "sessionId", asks FROM flood WHERE agent_id = $1', [agentId]);
    expect(await recorded('incident.suggested', flood!.sessionId)).toMatchObject([{ data: { rule: 'flood', detector: 'flood', severity: 'high' } }]);
    expect(await recorded('switch.engaged', orders[0]!)).toMatchObject([{ actor: { kind: 'system', id: 'worker' }, data: { kind: 'pause', scope: 'agent', reason: floodSentence(flood!.asks, LIMIT) } }]);

    const { signAndFence, StandingReader, workOffSwitches, controlKeysFrom } = await import('@/lib/switches');
    const keys = controlKeysFrom(gateway.keys);
    await signAndFence(gateway.host, new StandingReader(keys, () => performance.now()), keys, gateway.keys.signingKey('control/order'));
    await workOffSwitches(gateway.host, [orders[0]!], keys);
    // Nothing of it waits behind the pause unseen: what it asked is still there to be denied, and more it cannot ask.
    expect(await owner().rows(`SELECT count(*)::int AS n FROM approval WHERE agent_id = $1 AND state = 'pending'`, [agentId])).toEqual([{ n: 2_000 }]);
    expect((await both[0]!.requestAction(mail(9_999)).catch((error: { code: string }) => error)).code).toMatch(/pause/);
  }, 120_000);
});

describe('a flood', () => {
  it('is more than the limit within a minute, seen with the worker’s own role', async () => {
    const session = await aSession();
    await asked(session, 12, 61);
    await asked(session, 10, 30);
    expect(await asWorker(() => pauseFloods(worker, 10))).toEqual([]);
    await asked(session, 1);
    expect(await asWorker(() => pauseFloods(worker, 10))).toHaveLength(1);
    expect(await owner().rows('SELECT asks, "limit" FROM flood WHERE agent_id = $1', [session.agentId])).toEqual([{ asks: 11, limit: 10 }]);
  });

  it('comes again after the release by what is asked then, and knows the one that was closed before', async () => {
    const session = await aSession();
    await asked(session, 20);
    const [first] = await pauseFloods(worker, 10);
    await release(first!);
    expect(await lookAtOnce(4, 10)).toEqual([]);
    const [alert] = await owner().rows<{ id: string }>('SELECT id FROM alert WHERE agent_id = $1', [session.agentId]);
    await owner().rows(`UPDATE alert SET state = 'closed', closed_as = 'true', closed_at = clock_timestamp() WHERE id = $1`, [alert!.id]);
    await asked(session, 11);
    const again = await lookAtOnce(6, 10);
    expect(again).toHaveLength(1);
    expect(again[0]).not.toBe(first);
    expect(await owner().rows('SELECT previous_id AS previous, count FROM alert WHERE agent_id = $1 AND id <> $2', [session.agentId, alert!.id])).toEqual([{ previous: alert!.id, count: 11 }]);
  });

  it('of an agent that a person has paused already takes their order for it, and still pages', async () => {
    const session = await aSession();
    const { engageSwitch } = await import('@/lib/switches');
    const ada = makeContext(await insertPerson(owner(), 'Ada', ['responder']));
    const theirs = await engageSwitch(ada, { scope: 'agent', target: session.agentId }, 'pause');
    await asked(session, 11);
    expect(await lookAtOnce(3, 10)).toEqual([theirs.id]);
    expect(await owner().rows('SELECT act FROM alert WHERE agent_id = $1', [session.agentId])).toEqual([{ act: 'page' }]);
  });

  it('of an agent that is stopped needs nothing more', async () => {
    const session = await aSession();
    const { engageSwitch } = await import('@/lib/switches');
    await engageSwitch(makeContext(await insertPerson(owner(), 'Bob', ['responder'])), { scope: 'agent', target: session.agentId });
    await asked(session, 11);
    expect(await lookAtOnce(3, 10)).toEqual([]);
  });

  it('of one agent that cannot be paused leaves no other unpaused', async () => {
    const [broken, whole] = [await aSession(), await aSession()].sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
    await asked(broken!, 11);
    await asked(whole!, 11);
    // Saying so fails for this one alone, after its pause and its alert were written.
    await owner().rows(`CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.agent_id = '${broken!.agentId}' THEN RAISE 'not this one'; END IF; RETURN NEW; END $$`);
    await owner().rows('CREATE TRIGGER refuse_one BEFORE INSERT ON flood FOR EACH ROW EXECUTE FUNCTION refuse_one()');
    await expect(pauseFloods(worker, 10)).rejects.toThrow('not this one');
    expect(await owner().rows('SELECT 1 FROM flood WHERE agent_id = $1', [whole!.agentId])).toHaveLength(1);
    // Nothing of what failed stands: neither its pause nor its alert.
    expect(await owner().rows('SELECT 1 FROM switch_order WHERE target = $1', [broken!.agentId])).toEqual([]);
    expect(await owner().rows('SELECT 1 FROM alert WHERE agent_id = $1', [broken!.agentId])).toEqual([]);
    await owner().rows('DROP TRIGGER refuse_one ON flood');
    expect(await pauseFloods(worker, 10)).toHaveLength(1);
  });

  it('is seen to by who may pause agents, and by no one else', async () => {
    await expect(pauseFloods(makeContext({ kind: 'system', process: 'console' }), 10)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
