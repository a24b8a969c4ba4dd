import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '@/lib/db/embedded-postmaster';
import type { Bundle, Limit } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import { AgentClient, type SessionHandle } from '@/lib/sdk';
import { startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';
import { startProcess, type RunningWorker } from '@/lib/testing/running-worker';

let gateway: TestGateway;
let second: RunningWorker;
let urls: string[];
const clients: AgentClient[] = [];
const search = { tool: 'search_articles', args: { query: 'refunds' } };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text of some length' } };
beforeAll(async () => {
  gateway = await startTestGateway();
  const port = await freePort();
  second = await startProcess('gateway', gateway.database.urlAs('gateway'), { dataDir: gateway.dataDir, env: { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: gateway.url, CONSOLE_UPSTREAM: '', CONTROL_URLS: 'http://127.0.0.1:1' } });
  urls = [gateway.url, `http://127.0.0.1:${port}`];
}, 180_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await second.stop();
  await gateway.stop();
});

/** One session of a new agent at each gateway, once both decide by a bundle with these limits. */
async function sessions(limits: Limit[], prices: Record<string, string> = {}): Promise<SessionHandle[]> {
  const { publishBundle, starterBundle, activePolicies } = await import('@/lib/policies');
  const sequence = (await activePolicies())!.sequence + 1;
  const bundle = starterBundle(sequence) as Bundle;
  await publishBundle(gateway.host, { bundle: { ...bundle, limits, prices: { tools: Object.fromEntries(Object.entries(prices).map(([tool, amount]) => [tool, { amount, currency: 'EUR' }])), models: {} } } }, { keys: gateway.keys });
  const agent = await gateway.agent(`spender-${newId().slice(-8)}`, [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }, { toolset: 'email', operations: ['*'], scope: '**' }]);
  return Promise.all(urls.map(async (url) => {
    const client = await AgentClient.connect({ url, ...agent, instance: { name: 'spender' }, controlPin: gateway.keys.signingKey('control/order').publicJwk.x });
    clients.push(client);
    return vi.waitFor(async () => {
      const session = await client.openSession({ purpose: 'spend', principal: { type: 'user', id: 'u-1' } });
      const { policyVersion } = await session.requestAction({ tool: 'no_such_tool', args: {} });
      expect(policyVersion).toBe(String(sequence));
      return session;
    }, { timeout: 30_000 });
  }));
}
const codes = async (asked: Promise<{ decision: string; code: string }>[]) => (await Promise.all(asked)).map(({ decision, code }) => (decision === 'deny' ? code : decision));
const count = (list: string[], what: string) => list.filter((one) => one === what).length;
const runs = async (session: SessionHandle, output: unknown, status: 'ok' | 'error' = 'ok') => {
  const decision = await session.requestAction(search);
  if (decision.decision !== 'allow') return decision.code;
  await session.started(decision.actionId);
  await session.result({ actionId: decision.actionId, status, ...(status === 'ok' ? { output } : { error: 'it is down' }) });
  return 'ran';
};

describe('limits that gateways share', () => {
  it('an agent’s day is spent to the last cent and no further, by two gateways at once', async () => {
    const both = await sessions([{ on: { per: 'agent' }, costPerDay: { amount: '5.00', currency: 'EUR' } }], { search_articles: '0.30' });
    const got = await codes(Array.from({ length: 40 }, (_, i) => both[i % 2]!.requestAction(search)));
    expect(got.every((one) => one === 'allow' || one === 'budget.exceeded')).toBe(true);
    expect(count(got, 'allow')).toBe(16);
  });

  it('calls of a tool by everybody, and calls for one principal', async () => {
    const everybody = await sessions([{ on: { per: 'tool', name: 'search_articles', across: 'everybody' }, callsPerDay: 7 }]);
    expect(count(await codes(Array.from({ length: 12 }, (_, i) => everybody[i % 2]!.requestAction(search))), 'allow')).toBe(7);
    const principal = await sessions([{ on: { per: 'principal' }, callsPerDay: 5 }]);
    expect(count(await codes(Array.from({ length: 9 }, (_, i) => principal[i % 2]!.requestAction(search))), 'allow')).toBe(5);
  });

  it('what is asked is reserved, and a denial gives it back to both', async () => {
    const { decideApproval } = await import('@/lib/approvals');
    const [here, there] = await sessions([{ on: { per: 'agent' }, costPerDay: { amount: '0.50', currency: 'EUR' } }], { send_email: '0.40' });
    const asked = await here!.requestAction(mail);
    expect(asked).toMatchObject({ decision: 'ask' });
    expect(await there!.requestAction(mail)).toMatchObject({ decision: 'deny', code: 'budget.exceeded', reason: expect.stringContaining('0.4000 are used') as string });
    await decideApproval(await gateway.person('admin'), { approvalId: asked.approval!.id, verdict: 'deny', digest: asked.digest, reason: 'no' });
    await vi.waitFor(async () => expect(await there!.requestAction(mail)).toMatchObject({ decision: 'ask' }), { timeout: 30_000 });
  });
});

describe('limits of a session', () => {
  it('records that were read, and what the agent says that it will read', async () => {
    const [session] = await sessions([{ on: { per: 'tool', name: 'search_articles' }, rowsPerSession: 10 }]);
    expect(await session!.requestAction({ ...search, estimate: { records: 11 } })).toMatchObject({ code: 'budget.exceeded', reason: expect.stringContaining('10 records') as string });
    expect(await runs(session!, Array.from({ length: 8 }, (_, i) => ({ i })))).toBe('ran');
    expect(await session!.requestAction({ ...search, estimate: { records: 3 } })).toMatchObject({ code: 'budget.exceeded' });
    expect(await runs(session!, { rows: [1, 2] })).toBe('ran');
    expect(await runs(session!, [])).toBe('budget.exceeded');
    await gateway.restart();
    expect(await runs(session!, [])).toBe('budget.exceeded');
  });

  it('calls at once are of the tool that the limit names', async () => {
    const [session] = await sessions([{ on: { per: 'tool', name: 'search_articles' }, maxConcurrent: 1 }]);
    const first = await session!.requestAction(search);
    await session!.started(first.actionId);
    expect(await session!.requestAction(search)).toMatchObject({ code: 'budget.exceeded' });
    expect(await session!.requestAction(mail)).toMatchObject({ decision: 'ask' });
    await session!.result({ actionId: first.actionId, status: 'ok' });
    expect(await session!.requestAction(search)).toMatchObject({ decision: 'allow' });
  });

  it('a tool that fails is left alone, and tried again when its time is over', async () => {
    const [session] = await sessions([{ on: { per: 'tool', name: 'search_articles' }, breaker: { failures: 2, withinMs: 60_000, openMs: 1_000 } }]);
    expect([await runs(session!, null, 'error'), await runs(session!, null, 'error'), await runs(session!, 'x')]).toEqual(['ran', 'ran', 'budget.exceeded']);
    await vi.waitFor(async () => expect(await runs(session!, 'works again')).toBe('ran'), { timeout: 30_000, interval: 100 });
    expect(await runs(session!, null, 'error')).toBe('ran');
    expect(await runs(session!, 'x')).toBe('ran');
  });
});
