import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createPerson, createToken, deactivatePerson } from '@/lib/access';
import { makeContext, type Role } from '@/lib/context';
import { closePools, closePrisma, pool, prisma, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import * as answers from './_answers';
import * as agents from './agents/route';
import * as approvals from './approvals/route';
import * as approval from './approvals/[id]/route';
import * as decision from './approvals/[id]/decision/route';
import * as log from './log/route';
import * as checkpoints from './log/checkpoints/route';
import * as sessions from './sessions/route';
import * as session from './sessions/[id]/route';
import * as sessionEvents from './sessions/[id]/events/route';
import * as switches from './switches/route';
import * as release from './switches/[id]/release/route';

type Handler = (request: Request, more: { params: Promise<Record<string, string>> }) => Promise<Response>;
type Sent = { token?: string | undefined; body?: unknown; headers?: Record<string, string>; params?: Record<string, string>; query?: string };

const host = makeContext({ kind: 'host', user: 'root' });
const DIGEST = 'a'.repeat(64);
let db: TestDatabase;
const tokens = {} as Record<Role | 'readOnly' | 'denyAndStop', string>;
const people: Record<string, string> = {};

async function ask(handler: Handler, { token = tokens.admin, body, headers = {}, params = {}, query = '' }: Sent = {}) {
  const request = new Request(`http://localhost:3000/api/v1/x${query}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer = await handler(request, { params: Promise.resolve(params) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> & { items: Record<string, unknown>[]; next: string | null } };
}

const problemOf = async (asked: ReturnType<typeof ask>) => {
  const { status, headers, body } = await asked;
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({ status, type: `urn:countersign:problem:${String(body.code)}`, title: expect.any(String), detail: expect.any(String) });
  answers.problemAnswer.parse(body);
  return `${status} ${String(body.code)}`;
};

const asSchema = <T extends z.ZodType>(schema: T, value: unknown): z.output<T> => schema.parse(value);

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  for (const role of ['viewer', 'analyst', 'responder', 'author', 'admin'] as const) {
    const { person } = await createPerson(host, { email: `${role}@example.org`, name: role, roles: [role] });
    people[role] = person.id;
    tokens[role] = (await createToken(host, { name: role, email: person.email })).token;
  }
  tokens.readOnly = (await createToken(host, { name: 'r', email: 'admin@example.org', limit: 'read_only' })).token;
  tokens.denyAndStop = (await createToken(host, { name: 's', email: 'admin@example.org', limit: 'deny_and_stop' })).token;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

// Agents' rows are the gateway's to make; the console, as which these tests run, may not.
const asOwner = () => sqlOf(pool(db.url));

async function seedSession() {
  const { sessions: [made] } = await insertFleet(asOwner(), { agents: 1, sessionsEach: 1 });
  return made!;
}

async function seedApproval(at: { id: string; agentId: string }, over: { stepUp?: boolean } = {}) {
  const { approvalId, actionId } = await insertPendingApproval(asOwner(), at);
  const route = { routes: ['mail'], groups: [{ role: 'analyst', quorum: 1 }], decideByMs: 60_000, useByMs: 60_000, stepUp: over.stepUp ?? false, reasonRequired: false, ownerCounts: true, risk: 'medium' };
  await asOwner().rows('UPDATE action SET digest = $2, detail = $3 WHERE id = $1', [actionId, DIGEST, JSON.stringify({ rules: [], findings: [], provenance: {}, rationale: null })]);
  await asOwner().rows('UPDATE approval SET digest = $2, route = $3 WHERE id = $1', [approvalId, DIGEST, JSON.stringify(route)]);
  return approvalId;
}

describe('who may come in', () => {
  const all: [string, Handler, Sent][] = [
    ['agents', agents.GET, {}], ['create agent', agents.POST, { body: { name: 'x', capabilities: [] } }], ['sessions', sessions.GET, {}], ['session', session.GET, { params: { id: newId() } }], ['events', sessionEvents.GET, { params: { id: newId() } }],
    ['approvals', approvals.GET, {}], ['approval', approval.GET, { params: { id: newId() } }], ['decide', decision.POST, { params: { id: newId() }, body: { verdict: 'deny', digest: DIGEST } }],
    ['switches', switches.GET, {}], ['engage', switches.POST, { body: { scope: 'global' } }], ['release', release.POST, { params: { id: newId() }, body: { checklist: [] } }], ['log', log.GET, {}], ['checkpoints', checkpoints.GET, {}],
  ];

  it.each(all)('%s: nobody without a token, with a broken one, or with a cookie', async (_name, handler, sent) => {
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }, { authorization: 'Bearer x' }, { authorization: `Bearer ${tokens.admin}x` }, { authorization: `Bearer ${tokens.admin}, Bearer x` }, { cookie: `countersign.session=${tokens.admin}` }]) {
      expect(await problemOf(ask(handler, { ...sent, token: '', headers: { ...headers } as Record<string, string> }))).toBe('401 unauthenticated');
    }
    const refused = await ask(handler, { ...sent, token: '' });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="countersign"');
    expect(await prisma().agent.count({ where: { name: 'x' } })).toBe(0);
    expect(await prisma().switchOrder.count()).toBe(0);
  });

  it('takes the role that the verb takes, and a limit off it', async () => {
    const agent = { body: { name: 'not made', capabilities: [] } };
    for (const role of ['viewer', 'analyst', 'responder', 'author'] as const) expect(await problemOf(ask(agents.POST, { ...agent, token: tokens[role] }))).toBe('403 forbidden');
    for (const limited of [tokens.readOnly, tokens.denyAndStop]) expect(await problemOf(ask(agents.POST, { ...agent, token: limited }))).toBe('403 forbidden');
    expect(await problemOf(ask(switches.POST, { body: { scope: 'global' }, token: tokens.analyst }))).toBe('403 forbidden');
    expect(await problemOf(ask(switches.POST, { body: { scope: 'global' }, token: tokens.readOnly }))).toBe('403 forbidden');
    expect((await ask(agents.GET, { token: tokens.readOnly })).status).toBe(200);
    expect(await prisma().switchOrder.count()).toBe(0);
  });

  it('ends with the person', async () => {
    const { person } = await createPerson(host, { email: 'leaver@example.org', name: 'Leaver', roles: ['viewer'] });
    const { token } = await createToken(host, { name: 't', email: person.email });
    expect((await ask(agents.GET, { token })).status).toBe(200);
    await deactivatePerson(host, person.id);
    expect(await problemOf(ask(agents.GET, { token }))).toBe('401 unauthenticated');
  });
});

describe('what is asked', () => {
  it('must be JSON, small, strict, and say nothing twice', async () => {
    const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => problemOf(ask(agents.POST, { body, headers }));
    expect(await post('{"name":"x","capabilities":[]}', { 'content-type': 'text/plain' })).toBe('400 invalid');
    expect(await post('{"name":"x","name":"y","capabilities":[]}')).toBe('400 invalid');
    expect(await post('{"name":"x","capabilities":[],"more":1}')).toBe('400 invalid');
    expect(await post('{"__proto__":{"name":"x"},"capabilities":[]}')).toBe('400 invalid');
    expect(await post(`{"name":"x","capabilities":[],"description":"${'y'.repeat(300_000)}"}`)).toBe('400 invalid');
    expect(await post('[')).toBe('400 invalid');
    expect(await post('')).toBe('400 invalid');
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?limit=1&limit=2', '?unknown=1', '?after=%00', '?state=made-up', "?after=' OR 1=1", '?__proto__=1']) expect(await problemOf(ask(sessions.GET, { query })), query).toBe('400 invalid');
    for (const query of ['?stream=../x', '?stream=session/x', '?after=x', '?after=1.2', '?stream=org/agents&after=x', "?after=1.1.org/agents'--"]) expect(await problemOf(ask(log.GET, { query })), query).toBe('400 invalid');
  });

  it('leads nowhere under an id that is none', async () => {
    for (const id of ['x', newId(), newId().toUpperCase(), '../agents', '']) {
      expect(await problemOf(ask(session.GET, { params: { id } }))).toBe('404 not_found');
      expect(await problemOf(ask(sessionEvents.GET, { params: { id } }))).toBe('404 not_found');
      expect(await problemOf(ask(approval.GET, { params: { id } }))).toBe('404 not_found');
      expect(await problemOf(ask(decision.POST, { params: { id }, body: { verdict: 'deny', digest: DIGEST } }))).toBe('404 not_found');
    }
  });
});

describe('what is answered', () => {
  it('lists in pages that together are everything, each once', async () => {
    const made = [];
    for (let i = 0; i < 5; i++) made.push((await seedSession()).id);
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const answer = await ask(sessions.GET, { query });
      const page = asSchema(answers.page(answers.sessionAnswer), answer.body);
      seen.push(...page.items.map((one) => one.id));
      const link = answer.headers.get('link');
      if (page.next === null) { expect(link).toBeNull(); break; }
      const [, address] = /^<(\/api\/v1\/x\?[^>]+)>; rel="next"$/.exec(link!)!;
      query = new URL(address!, 'http://localhost').search;
    }
    expect(seen).toEqual([...new Set(seen)]);
    for (const id of made) expect(seen).toContain(id);
    expect(asSchema(answers.sessionAnswer, (await ask(session.GET, { params: { id: made[0]! } })).body).id).toBe(made[0]);
    const named = asSchema(answers.page(answers.agentAnswer), (await ask(agents.GET, { query: '?limit=3' })).body);
    const rest = asSchema(answers.page(answers.agentAnswer), (await ask(agents.GET, { query: `?limit=200&after=${encodeURIComponent(named.next!)}` })).body);
    expect([...named.items, ...rest.items]).toHaveLength(await prisma().agent.count());
  });

  it('pages what waits by the time it has left', async () => {
    const at = await seedSession();
    const ids = [await seedApproval(at), await seedApproval(at), await seedApproval(at)];
    const first = asSchema(answers.page(answers.approvalAnswer), (await ask(approvals.GET, { query: `?state=waiting&session=${at.id}&limit=2` })).body);
    const second = asSchema(answers.page(answers.approvalAnswer), (await ask(approvals.GET, { query: `?state=waiting&session=${at.id}&limit=2&after=${first.next}` })).body);
    expect([...first.items, ...second.items].map((one) => one.id)).toEqual(ids);
    expect(second.next).toBeNull();
  });

  it('decides, once; the second is told who was first', async () => {
    const at = await seedSession();
    const id = await seedApproval(at);
    const shown = asSchema(answers.approvalDetailAnswer, (await ask(approval.GET, { params: { id } })).body);
    expect(await problemOf(ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: 'b'.repeat(64) }, token: tokens.analyst }))).toBe('409 conflict');
    expect(await problemOf(ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: shown.digest }, token: tokens.viewer }))).toBe('403 forbidden');
    expect(await problemOf(ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: shown.digest }, token: tokens.denyAndStop }))).toBe('403 forbidden');
    const outcomes = await Promise.all([
      ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: shown.digest }, token: tokens.analyst }),
      ask(decision.POST, { params: { id }, body: { verdict: 'deny', digest: shown.digest, reason: 'no' }, token: tokens.denyAndStop }),
    ]);
    expect(outcomes.map((one) => one.status).sort()).toEqual([200, 409]);
    const [won, lost] = outcomes[0]!.status === 200 ? outcomes : [outcomes[1]!, outcomes[0]!];
    expect(['approved', 'denied']).toContain(asSchema(answers.decisionAnswer, won!.body).state);
    expect(lost!.body).toMatchObject({ code: 'conflict', status: 409, by: expect.any(String) });
    const events = asSchema(answers.page(answers.eventAnswer), (await ask(sessionEvents.GET, { params: { id: at.id } })).body);
    expect(events.items.filter((event) => event.type.startsWith('approval.'))).toHaveLength(1);
  });

  it('sends a person to the console where a passkey is asked for', async () => {
    const id = await seedApproval(await seedSession(), { stepUp: true });
    const answer = await ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: DIGEST }, token: tokens.analyst });
    expect(answer.body).toMatchObject({ status: 403, code: 'step_up_required', url: expect.stringMatching(/\/pending\/[0-9a-f-]{36}$/), expiresAt: expect.any(String) });
    // A script that tries again is sent to the same place.
    expect((await ask(decision.POST, { params: { id }, body: { verdict: 'approve', digest: DIGEST }, token: tokens.analyst })).body.url).toBe(answer.body.url);
    expect(await prisma().pendingRequest.findMany({ where: { objectId: id } })).toMatchObject([{ personId: people.analyst, kind: 'approval_decision', body: { digest: DIGEST }, finishedAt: null }]);
    expect((await prisma().approval.findUniqueOrThrow({ where: { id } })).state).toBe('pending');
  });

  it('stops, and asks for release, each on the record', async () => {
    const at = await seedSession();
    const engaged = await ask(switches.POST, { body: { scope: 'session', target: at.id, reason: 'odd' }, token: tokens.denyAndStop });
    expect(engaged.status).toBe(202);
    const { order } = asSchema(answers.orderWrapped, engaged.body);
    const again = await ask(switches.POST, { body: { scope: 'session', target: at.id }, token: tokens.analyst });
    expect(asSchema(answers.orderWrapped, again.body).order.id).toBe(order.id);
    expect(asSchema(answers.page(answers.orderAnswer), (await ask(switches.GET)).body).items.map((one) => one.id)).toContain(order.id);
    expect(await problemOf(ask(release.POST, { params: { id: order.id }, body: { checklist: [] }, token: tokens.responder }))).toBe('400 invalid');
    const checklist = ['cause_known', 'cause_removed', 'evidence_kept', 'owners_told'];
    expect(await problemOf(ask(release.POST, { params: { id: order.id }, body: { checklist }, token: tokens.denyAndStop }))).toBe('403 forbidden');
    const asked = await ask(release.POST, { params: { id: order.id }, body: { checklist, reason: 'it is over' }, token: tokens.responder });
    expect(asked.body).toMatchObject({ status: 403, code: 'step_up_required', url: expect.stringMatching(/\/pending\/[0-9a-f-]{36}$/) });
    expect(await prisma().pendingRequest.findMany({ where: { objectId: order.id } })).toMatchObject([{ personId: people.responder, kind: 'switch_release', body: { checklist, reason: 'it is over' } }]);
    const events = asSchema(answers.page(answers.eventAnswer), (await ask(log.GET, { query: '?stream=org/switches' })).body);
    expect(events.items.map((event) => event.type)).toEqual(['switch.engaged']);
    expect(events.items[0]).toMatchObject({ actor: { kind: 'person', id: people.admin, via: 'token' } });
  });

  it('reads the log on from any place, every event once, and never a secret', async () => {
    const readAll = async () => {
      const all: { stream: string; seq: number }[] = [];
      for (let query = '?limit=7'; ;) {
        const page = asSchema(answers.page(answers.eventAnswer), (await ask(log.GET, { query })).body);
        all.push(...page.items);
        if (page.items.length === 0) return all;
        query = `?limit=7&after=${encodeURIComponent(page.next!)}`;
      }
    };
    const [total] = await prisma().$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM log.event`;
    // It waits for every older transaction of the server, those of other databases among them.
    await expect.poll(async () => (await readAll()).length, { timeout: 30_000 }).toBe(total!.n);
    const all = await readAll();
    expect(new Set(all.map((event) => `${event.stream} ${event.seq}`)).size).toBe(total!.n);
    for (const token of Object.values(tokens)) expect(JSON.stringify(all)).not.toContain(token.slice(9, 50));
    asSchema(answers.page(answers.checkpointAnswer), (await ask(checkpoints.GET)).body);
  });

  it('says nothing of what failed inside', async () => {
    const url = process.env.DATABASE_URL;
    await closePrisma();
    process.env.DATABASE_URL = 'postgresql://nobody:hunter2@127.0.0.1:1/none';
    try {
      const answer = await ask(agents.GET);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|127\.0\.0\.1|prisma|ECONN/i);
    } finally {
      await closePrisma();
      process.env.DATABASE_URL = url;
    }
  });
});
