import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPerson, createToken } from '@/lib/access';
import { makeContext, type Role } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import * as alerts from './alerts/route';
import * as labels from './alerts/labels/route';
import * as one from './alerts/[id]/route';
import * as acknowledge from './alerts/[id]/acknowledge/route';
import * as assign from './alerts/[id]/assign/route';
import * as close from './alerts/[id]/close/route';

type Handler = (request: Request, more: { params: Promise<Record<string, string>> }) => Promise<Response>;
const host = makeContext({ kind: 'host', user: 'root' });
let db: TestDatabase;
const tokens = {} as Record<Role, string>;
const owner = () => sqlOf(pool(db.url));

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  for (const role of ['viewer', 'responder', 'admin'] as const) {
    const { person } = await createPerson(host, { email: `${role}@example.org`, name: role, roles: [role] });
    tokens[role] = (await createToken(host, { name: role, email: person.email })).token;
  }
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

async function ask(handler: Handler, { as = 'responder', id, body, query = '' }: { as?: Role; id?: string; body?: unknown; query?: string } = {}) {
  const request = new Request(`http://localhost:3000/api/v1/alerts${query}`, { method: body === undefined ? 'GET' : 'POST', headers: { authorization: `Bearer ${tokens[as]}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const answer = await handler(request, { params: Promise.resolve<Record<string, string>>(id === undefined ? {} : { id }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { items: { id: string; rule: string }[]; next: string | null } };
}

async function raise(count: number, kind = 'unusual_number'): Promise<{ sessionId: string; ids: string[] }> {
  const { sessions: [session] } = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
  const ids = Array.from({ length: count }, () => newId());
  for (const id of ids) {
    await owner().rows(
      `INSERT INTO alert (id, rule, severity, act, detector, kind, agent_id, session_id, state, count, first_at, last_at, raised_at, evidence) VALUES ($1, 'any-medium', 'low', 'queue', 'argument-history', $2, $3, $4, 'open', 2, now(), now(), now(), $5)`,
      [id, kind, session!.agentId, session!.id, JSON.stringify([{ seq: 3, type: 'action.asked', at: '2026-11-26T10:00:00.000Z', severity: 'medium', path: '/amount/amount', times: 2 }])]);
  }
  return { sessionId: session!.id, ids };
}

describe('alerts over REST', () => {
  it('are listed newest first, by pages and by what is asked for, with their ids in the catalogues', async () => {
    const { sessionId, ids } = await raise(3);
    const page = await ask(alerts.GET, { query: `?session=${sessionId}&limit=2` });
    expect(page).toMatchObject({ status: 200, body: { items: [{ id: ids[2], rule: 'any-medium', detector: 'argument-history', count: 2, state: { kind: 'open' }, owasp: [{ id: 'ASI02' }] }, { id: ids[1] }], next: expect.any(String) } });
    const rest = await ask(alerts.GET, { query: `?session=${sessionId}&limit=2&after=${page.body.next!}` });
    expect(rest.body).toMatchObject({ items: [{ id: ids[0] }], next: null });
    expect(rest.body.items).toHaveLength(1);
    expect((await ask(alerts.GET, { query: `?session=${sessionId}&detector=canary` })).body.items).toEqual([]);
    expect((await ask(alerts.GET, { query: '?limit=x' })).status).toBe(400);
  });

  it('are read with where it was seen, by whoever may see alerts', async () => {
    const { ids: [id] } = await raise(1);
    expect(await ask(one.GET, { id: id!, as: 'viewer' })).toMatchObject({ status: 200, body: { id, evidence: [{ seq: 3, path: '/amount/amount', times: 2 }] } });
    expect((await ask(one.GET, { id: newId() })).status).toBe(404);
    expect((await ask(one.GET, { id: 'x' })).status).toBeGreaterThanOrEqual(400);
  });

  it('are acknowledged, assigned and closed once, each step by who may, and what they turned out to be is counted', async () => {
    const { ids: [id] } = await raise(1, 'unusual_value');
    expect((await ask(acknowledge.POST, { id: id!, as: 'viewer', body: {} })).status).toBe(403);
    expect(await ask(acknowledge.POST, { id: id!, body: {} })).toMatchObject({ status: 200, body: { state: 'acknowledged' } });
    expect(await ask(assign.POST, { id: id!, body: {} })).toMatchObject({ status: 200 });
    expect(await ask(one.GET, { id: id! })).toMatchObject({ body: { state: { kind: 'assigned', to: { name: 'responder' } } } });
    expect((await ask(close.POST, { id: id!, body: { as: 'whatever' } })).status).toBe(400);
    expect(await ask(close.POST, { id: id!, body: { as: 'benign', note: 'A large order.' } })).toMatchObject({ status: 200, body: { alertId: id, state: 'closed', as: 'benign' } });
    expect((await ask(close.POST, { id: id!, body: { as: 'true' } })).status).toBe(409);
    expect(await ask(labels.GET)).toMatchObject({ status: 200, body: { rules: expect.arrayContaining([{ rule: 'any-medium', detector: 'argument-history', kind: 'unusual_value', benign: 1, true: 0, duplicate: 0, unlabelled: 0 }]) as unknown } });
  });
});
