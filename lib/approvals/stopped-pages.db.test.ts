import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { env } from '@/lib/env';
import { newId } from '@/lib/protocol/ids';
import { engageSwitch } from '@/lib/switches';
import { matchingOrder, standingOrders, type StandingOrder } from '@/lib/switches/rules';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import { countApprovals, listApprovals } from '.';

let database: TestDatabase;
const host = makeContext({ kind: 'host', user: 'root' });
const ROUTE = { routes: [], groups: [], decideByMs: 1, useByMs: 1, stepUp: false, reasonRequired: false, ownerCounts: false, risk: 'high' };
const TOOLS = [{ name: 'send_email', toolset: 'email', operation: 'send', classes: ['external-communication'] }, { name: 'read_customer', toolset: 'crm', operation: 'read', classes: ['data-access'] }];

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  await sql.rows(`INSERT INTO bundle (sequence, sha256, body, jws, activated_at) VALUES (1, 'x', $1, 'x', now())`, [JSON.stringify({ tools: TOOLS })]);
});
beforeEach(() => sql.rows('TRUNCATE approval, action, session, instance, agent, switch_order CASCADE'));
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

type Waiting = { id: string; sessionId: string; agentId: string; instanceId: string; tool: string };
/** Approvals of two sessions of each agent, one for each tool; what was asked first runs out first. */
async function waiting(agents: number): Promise<Waiting[]> {
  const { sessions } = await insertFleet(sql, { agents, sessionsEach: 2 });
  const made: Waiting[] = [];
  for (const session of sessions) for (const { name: tool } of TOOLS) made.push({ id: (await insertPendingApproval(sql, session, tool)).approvalId, sessionId: session.id, agentId: session.agentId, instanceId: session.instanceId, tool });
  await sql.rows(`UPDATE approval SET route = $1, decide_by = requested_at + interval '1 hour' + make_interval(secs => array_position($2::uuid[], id))`, [JSON.stringify(ROUTE), made.map(({ id }) => id)]);
  return made;
}
async function pages(state: 'waiting' | 'open' | 'pending' | 'cancelled' | 'decided' | undefined, limit: number): Promise<string[][]> {
  const all: string[][] = [];
  for (let after: string | undefined; ;) {
    const page = (await listApprovals({ ...(state && { state }), ...(after && { after }), limit })).map(({ id }) => id);
    if (page.length === 0) return all;
    all.push(page);
    after = page.at(-1);
  }
}

it('a page is full as long as something waits, though all that runs out first lies in a stopped scope that is not worked off', async () => {
  const made = await waiting(4);
  const [first, second] = [made[0]!, made[4]!];
  await engageSwitch(host, { scope: 'agent', target: first.agentId });
  await engageSwitch(host, { scope: 'session', target: second.sessionId });
  const left = made.filter((one) => one.agentId !== first.agentId && one.sessionId !== second.sessionId).map(({ id }) => id);
  expect(left).toHaveLength(10);
  expect(await pages('waiting', 4)).toEqual([left.slice(0, 4), left.slice(4, 8), left.slice(8)]);
  for (const state of ['open', 'pending'] as const) expect(await pages(state, 4)).toEqual([left.slice(6).reverse(), left.slice(2, 6).reverse(), left.slice(0, 2).reverse()]);
  const ended = made.filter(({ id }) => !left.includes(id)).map(({ id }) => id);
  for (const state of ['cancelled', 'decided'] as const) expect((await pages(state, 4)).flat()).toEqual([...ended].reverse());
  expect((await listApprovals({ state: 'cancelled' })).every((one) => one.state === 'cancelled' && one.cancelReason === 'stopped')).toBe(true);
  expect((await pages(undefined, 5)).flat()).toEqual(made.map(({ id }) => id).reverse());
  expect(await countApprovals()).toEqual({ waiting: 10, decided: 6 });
});

it('judges as the gate does, whatever stands at once', async () => {
  const made = await waiting(2);
  const target = { session: made.map((one) => one.sessionId), agent: made.map((one) => one.agentId), instance: made.map((one) => one.instanceId), class: ['external-communication', 'data-access', 'no such class'] };
  const cover = fc.oneof(
    ...(['session', 'agent', 'instance', 'class'] as const).map((scope) => fc.record({ scope: fc.constant(scope), target: fc.constantFrom<string | null>(...target[scope], newId()) })),
    { arbitrary: fc.constant({ scope: 'global' as const, target: null }), weight: 1 }, { arbitrary: fc.record({ scope: fc.constantFrom('session' as const, 'agent' as const), target: fc.constant('no id') }), weight: 1 },
  );
  const order = fc.tuple(cover, fc.constantFrom('stop' as const, 'stop' as const, 'pause' as const), fc.constantFrom(null, null, env().environment, 'elsewhere'), fc.boolean());
  const classes = new Map(TOOLS.map((tool) => [tool.name, tool.classes]));
  await fc.assert(fc.asyncProperty(fc.array(order, { maxLength: 6 }), async (orders) => {
    await sql.rows('TRUNCATE switch_order CASCADE');
    const standing: StandingOrder[] = [];
    for (const [{ scope, target: of }, kind, environment, released] of orders) {
      const id = newId();
      await sql.rows(`INSERT INTO switch_order (id, kind, scope, target, environment, state, engaged_by, engaged_at, generation) VALUES ($1, $2, $3, $4, $5, $6, '{}', now(), 0)`, [id, kind, scope, of, environment, released ? 'released' : 'engaged']);
      if (!released && kind === 'stop') standing.push({ id, kind, scope, target: of, environment, generation: 0, reason: null, drill: false, engagedAt: '', orderJws: null });
    }
    const by = standingOrders(standing);
    const open = made.filter((one) => matchingOrder(by, { ...one, classes: classes.get(one.tool)!, environment: env().environment }) === null).map(({ id }) => id);
    expect((await listApprovals({ state: 'waiting' })).map(({ id }) => id)).toEqual(open);
    expect(await countApprovals()).toEqual({ waiting: open.length, decided: made.length - open.length });
  }), { numRuns: 60 });
});
