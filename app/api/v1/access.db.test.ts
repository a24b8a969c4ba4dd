import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeTeams, createPerson, createRole, createServiceAccount, createTeam, createToken, deactivateServiceAccount, permissions, signIn } from '@/lib/access';
import { makePerson, PASSWORD } from '@/lib/access/testing';
import { makeContext, roles, type Role } from '@/lib/context';
import { closePools, closePrisma, pool, prisma, sqlOf } from '@/lib/db';
import { sealValue } from '@/lib/payloads';
import { newId } from '@/lib/protocol/ids';
import { createDataKey, payloadWrapper } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import * as answers from './_answers';
import * as keys from './keys/route';
import * as log from './log/route';
import * as people from './people/route';
import * as reveal from './payloads/[id]/reveal/route';
import * as roleTable from './roles/route';
import * as erasure from './sessions/[id]/erasure/route';
import * as session from './sessions/[id]/route';
import * as unconstrain from './sessions/[id]/unconstrain/route';
import * as signIns from './sign-ins/route';
import * as switches from './switches/route';
import * as teams from './teams/route';

type Handler = (request: Request, more: { params: Promise<Record<string, string>> }) => Promise<Response>;
type Sent = { token: string; body?: unknown; id?: string; query?: string };
type Tokens = Record<Role | 'serviceViewer' | 'serviceAdmin' | 'serviceReadOnly' | 'serviceDenyAndStop' | 'serviceNamed' | 'serviceNamedOther' | 'serviceElsewhere' | 'readOnly' | 'named' | 'elsewhere', string>;

const host = makeContext({ kind: 'host', user: 'root' });
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-rest-'));
const SECRET = `ghp_${'a1B2'.repeat(10)}`;
let db: TestDatabase;
const tokens = {} as Tokens;
const ids = {} as Record<Role, string>;

async function ask(handler: Handler, { token, body, id, query = '' }: Sent) {
  const request = new Request(`http://localhost:3000/api/v1/x${query}`, {
    method: body === undefined ? 'GET' : 'POST', headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await handler(request, { params: Promise.resolve<Record<string, string>>(id === undefined ? {} : { id }) });
  return { status: answer.status, link: answer.headers.get('link'), body: (await answer.json()) as Record<string, unknown> };
}
const statusOf = async (handler: Handler, sent: Sent) => {
  const { status, body } = await ask(handler, sent);
  if (status >= 400) answers.problemAnswer.parse(body);
  return status >= 400 ? `${status} ${String(body.code)}` : String(status);
};

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  process.env.DATA_DIR = dataDir;
  for (const role of roles) {
    const { person } = await createPerson(host, { email: `${role}@example.org`, name: role, roles: [role] });
    ids[role] = person.id;
    tokens[role] = (await createToken(host, { name: role, email: person.email })).token;
  }
  const held = async (hold: Omit<Parameters<typeof createToken>[1], 'name' | 'email'>) => (await createToken(host, { name: 'held', email: 'admin@example.org', ...hold })).token;
  tokens.readOnly = await held({ limit: 'read_only' });
  tokens.named = await held({ verbs: ['payload.reveal', 'person.read'] });
  tokens.elsewhere = await held({ environments: ['elsewhere'] });
  const program = async (name: string, role: Role, hold: Omit<Parameters<typeof createToken>[1], 'name'> = {}) => {
    const { id } = await createServiceAccount(host, { name, roles: [role] });
    return (await createToken(host, { name: 'for a program', serviceAccountId: id, ...hold })).token;
  };
  tokens.serviceViewer = await program('viewer', 'viewer');
  tokens.serviceAdmin = await program('admin', 'admin');
  tokens.serviceReadOnly = await program('read only', 'admin', { limit: 'read_only' });
  tokens.serviceDenyAndStop = await program('deny and stop', 'admin', { limit: 'deny_and_stop' });
  tokens.serviceNamed = await program('named', 'admin', { verbs: ['person.read', 'payload.erase'] });
  tokens.serviceNamedOther = await program('named other', 'admin', { verbs: ['log.read'] });
  tokens.serviceElsewhere = await program('elsewhere', 'admin', { environments: ['elsewhere'] });
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

// Sessions and texts are the gateway's to make; the console, as which these tests run, may not.
const asOwner = () => sqlOf(pool(db.url));

async function sessionWithText(state: 'open' | 'closed' = 'closed') {
  const session = (await insertFleet(asOwner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
  await asOwner().rows(`UPDATE session SET state = $2, ended_at = CASE WHEN $2 = 'closed' THEN now() END WHERE id = $1`, [session.id, state]);
  const { dataKey, wrapped } = await createDataKey(payloadWrapper(), session.id);
  await asOwner().rows('INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, $2, $3)', [session.id, wrapped.bytes, wrapped.keyId]);
  const { row } = sealValue(session.id, dataKey, 'args', { key: SECRET });
  await asOwner().rows(
    `INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) SELECT id, session_id, kind, decode(sealed, 'base64'), decode(salt, 'base64'), mac, bytes, now()
     FROM json_to_record($1::json) AS p(id uuid, session_id uuid, kind text, sealed text, salt text, mac text, bytes int)`, [JSON.stringify(row)],
  );
  return { id: session.id, payloadId: row.id };
}
const eventsOf = async (type: string) => (await prisma().$queryRaw<{ body: string }[]>`SELECT body FROM log.event WHERE type = ${type} ORDER BY seq`).map(({ body }) => JSON.parse(body) as { actor: { kind: string; id: string; via?: string }; data: Record<string, unknown> });

describe('who may ask', () => {
  const reads: [string, Handler][] = [['people', people.GET], ['teams', teams.GET], ['roles', roleTable.GET], ['keys', keys.GET]];

  it.each(reads)('%s: any person and any program that may read them, and nobody whose token is held to something else', async (name, handler) => {
    for (const who of ['viewer', 'analyst', 'responder', 'author', 'reviewer', 'admin', 'serviceViewer', 'serviceAdmin', 'readOnly', 'serviceReadOnly', 'serviceDenyAndStop'] as const) expect(await statusOf(handler, { token: tokens[who] }), who).toBe('200');
    for (const who of ['elsewhere', 'serviceElsewhere', 'serviceNamedOther'] as const) expect(await statusOf(handler, { token: tokens[who] }), who).toBe('403 forbidden');
    // Held to person.read among others: that and no more.
    for (const who of ['named', 'serviceNamed'] as const) expect(await statusOf(handler, { token: tokens[who] }), who).toBe(name === 'keys' ? '403 forbidden' : '200');
    for (const token of ['', `${tokens.admin}x`]) expect(await statusOf(handler, { token: token || 'x' })).toBe('401 unauthenticated');
  });

  it('sign-ins: one’s own for anybody, others’ for whoever manages people, nobody’s for a program', async () => {
    const other = `?person=${ids.viewer}`;
    for (const role of roles) expect(await statusOf(signIns.GET, { token: tokens[role] }), role).toBe('200');
    expect(await statusOf(signIns.GET, { token: tokens.admin, query: other })).toBe('200');
    for (const role of roles.filter((one) => one !== 'admin' && one !== 'viewer')) expect(await statusOf(signIns.GET, { token: tokens[role], query: other }), role).toBe('403 forbidden');
    for (const who of ['readOnly', 'named', 'elsewhere', 'serviceAdmin', 'serviceReadOnly', 'serviceDenyAndStop', 'serviceNamed', 'serviceNamedOther', 'serviceElsewhere'] as const) expect(await statusOf(signIns.GET, { token: tokens[who], query: other }), who).toBe('403 forbidden');
    expect(await statusOf(signIns.GET, { token: tokens.serviceAdmin })).toBe('403 forbidden');
    expect(await statusOf(signIns.GET, { token: tokens.admin, query: `?person=${newId()}` })).toBe('404 not_found');
    expect(await statusOf(signIns.GET, { token: tokens.admin, query: '?person=x' })).toBe('400 invalid');
  });

  it('revealing a text: a person with the right, never a program, and what was refused is on no record and in no answer', async () => {
    const { id, payloadId } = await sessionWithText();
    const sent = { id: payloadId, body: { sessionId: id, reason: 'The customer asked.' } };
    for (const who of ['viewer', 'readOnly', 'elsewhere', 'serviceViewer', 'serviceAdmin', 'serviceReadOnly', 'serviceDenyAndStop', 'serviceNamed', 'serviceNamedOther', 'serviceElsewhere'] as const) {
      const { status, body } = await ask(reveal.POST, { token: tokens[who], ...sent });
      expect([who, status, body.code]).toEqual([who, 403, 'forbidden']);
      expect(JSON.stringify(body)).not.toContain(SECRET);
    }
    expect((await eventsOf('payload.revealed')).filter((event) => event.data.payloadId === payloadId)).toEqual([]);
    for (const who of ['analyst', 'admin', 'named'] as const) {
      const { status, body } = await ask(reveal.POST, { token: tokens[who], ...sent });
      expect([who, status, answers.revealedAnswer.parse(body)]).toEqual([who, 200, { value: { key: SECRET } }]);
    }
    expect((await eventsOf('payload.revealed')).filter((event) => event.data.payloadId === payloadId)).toMatchObject([ids.analyst, ids.admin, ids.admin].map((person) => ({ actor: { kind: 'person', id: person, via: 'token' }, data: { why: 'The customer asked.' } })));
  });

  it('erasing a session: an administrator in person, never a program', async () => {
    const { id } = await sessionWithText();
    const sent = { id, body: { reason: 'The customer asked.' } };
    for (const who of ['viewer', 'analyst', 'responder', 'author', 'reviewer', 'readOnly', 'named', 'elsewhere', 'serviceAdmin', 'serviceReadOnly', 'serviceDenyAndStop', 'serviceNamed', 'serviceElsewhere'] as const) expect(await statusOf(erasure.POST, { token: tokens[who], ...sent }), who).toBe('403 forbidden');
    expect(await prisma().$queryRaw`SELECT 1 FROM erasure WHERE session_id = ${id}::uuid`).toEqual([]);
    const asked = await Promise.all([ask(erasure.POST, { token: tokens.admin, ...sent }), ask(erasure.POST, { token: tokens.admin, ...sent })]);
    expect(asked.map(({ status }) => status).sort()).toEqual([202, 409]);
    const { erasureId } = answers.erasureAnswer.parse(asked.find(({ status }) => status === 202)!.body);
    expect((await eventsOf('payload.erasure_asked')).filter((event) => event.data.erasureId === erasureId)).toMatchObject([{ actor: { kind: 'person', id: ids.admin, via: 'token' }, data: { why: 'The customer asked.' } }]);
  });

  it('lifting what a session is constrained to: a person who may release, once, never a program', async () => {
    const { id } = await sessionWithText('open');
    await asOwner().rows(`UPDATE session SET constrained_at = now(), constrained_by = '{"by":"input","detector":"injection","kind":"override","seq":1}' WHERE id = $1`, [id]);
    const sent = { id, body: { reason: 'Read it: a test of ours.' } };
    for (const who of ['viewer', 'analyst', 'readOnly', 'named', 'elsewhere', 'serviceAdmin', 'serviceReadOnly', 'serviceDenyAndStop', 'serviceNamed', 'serviceElsewhere'] as const) expect(await statusOf(unconstrain.POST, { token: tokens[who], ...sent }), who).toBe('403 forbidden');
    expect(await statusOf(unconstrain.POST, { token: tokens.responder, id, body: {} })).toBe('400 invalid');
    expect(answers.sessionAnswer.parse((await ask(session.GET, { token: tokens.viewer, id })).body).constrained).toEqual({ by: 'input', detector: 'injection', kind: 'override', seq: 1 });
    expect(await ask(unconstrain.POST, { token: tokens.responder, ...sent })).toMatchObject({ status: 200, body: { sessionId: id } });
    expect(await statusOf(unconstrain.POST, { token: tokens.responder, ...sent })).toBe('409 conflict');
    expect((await eventsOf('session.unconstrained')).filter((event) => event.actor.id === ids.responder)).toMatchObject([{ actor: { kind: 'person', via: 'token' }, data: { reason: 'Read it: a test of ours.', seq: 1 } }]);
    expect((await ask(session.GET, { token: tokens.viewer, id })).body.constrained).toBeNull();
  });

  it('ends with the service account', async () => {
    const { id } = await createServiceAccount(host, { name: 'short-lived', roles: ['viewer'] });
    const { token } = await createToken(host, { name: 't', serviceAccountId: id });
    expect(await statusOf(people.GET, { token })).toBe('200');
    await deactivateServiceAccount(host, id);
    expect(await statusOf(people.GET, { token })).toBe('401 unauthenticated');
  });
});

describe('what is answered', () => {
  it('people and teams in pages that together are everybody, each once, without a secret', async () => {
    const team = await createTeam(host, { name: 'Payments' });
    await createTeam(host, { name: 'Night watch' });
    await changeTeams(host, { personId: ids.analyst, teams: ['Payments'] });
    const seen: string[] = [];
    for (let query = '?limit=2'; ;) {
      const { link, body } = await ask(people.GET, { token: tokens.serviceViewer, query });
      const page = answers.page(answers.personAnswer).parse(body);
      seen.push(...page.items.map((one) => one.id));
      if (page.next === null) { expect(link).toBeNull(); break; }
      query = new URL(/^<([^>]+)>; rel="next"$/.exec(link!)![1]!, 'http://localhost').search;
    }
    expect(seen).toEqual((await prisma().person.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id));
    const all = await ask(people.GET, { token: tokens.serviceReadOnly });
    expect(answers.page(answers.personAnswer).parse(all.body).items.find((one) => one.id === ids.analyst)).toMatchObject({ roles: ['analyst'], teams: ['Payments'], hasPassword: false, invitation: { kind: 'open' } });
    expect(JSON.stringify(all.body)).not.toMatch(/hash|csk_|argon/i);
    const first = answers.page(answers.teamAnswer).parse((await ask(teams.GET, { token: tokens.serviceViewer, query: '?limit=1' })).body);
    expect(first.items).toMatchObject([{ id: team.id, name: 'Payments', members: [{ id: ids.analyst }] }]);
    expect(answers.page(answers.teamAnswer).parse((await ask(teams.GET, { token: tokens.serviceViewer, query: `?limit=1&after=${first.next}` })).body)).toMatchObject({ items: [{ name: 'Night watch' }], next: null });
  });

  it('the one table of roles and verbs, and roles of one’s own', async () => {
    await createRole(host, { name: 'log-reader', verbs: ['log.read'] });
    const table = answers.rolesAnswer.parse((await ask(roleTable.GET, { token: tokens.serviceViewer })).body);
    expect(Object.fromEntries(table.verbs.map(({ verb, least }) => [verb, least]))).toEqual(permissions);
    expect(table.verbs.find(({ verb }) => verb === 'payload.reveal')!.roles).toEqual(['analyst', 'responder', 'author', 'reviewer', 'admin']);
    expect(table.own).toMatchObject([{ name: 'log-reader', verbs: ['log.read'], holders: 0 }]);
  });

  it('sign-ins and refused attempts, to oneself and to an administrator the same', async () => {
    const person = await makePerson(['viewer'], { email: 'walks.in@example.org' });
    const door = makeContext({ kind: 'system', process: 'console' }, { ip: '192.0.2.9', userAgent: 'a browser' });
    await signIn(door, { email: person.email, password: 'not this one' }).catch(() => undefined);
    await signIn(door, { email: person.email, password: PASSWORD });
    const { token } = await createToken(host, { name: 't', email: person.email });
    const own = answers.signInsAnswer.parse((await ask(signIns.GET, { token })).body);
    expect(own).toMatchObject({ person: { id: person.id }, more: false, entries: [{ kind: 'signed_in', method: 'password', ip: '192.0.2.9', end: { kind: 'live' } }, { kind: 'refused', why: 'wrong' }] });
    expect(answers.signInsAnswer.parse((await ask(signIns.GET, { token: tokens.admin, query: `?person=${person.id}` })).body)).toEqual(own);
  });

  it('keys by their public halves alone', async () => {
    await sessionWithText();
    const page = answers.page(answers.keyAnswer).parse((await ask(keys.GET, { token: tokens.serviceViewer })).body);
    expect(page.items.find((key) => key.name === 'payload-wrapping')).toMatchObject({ state: 'signs', publicKey: null });
    expect(JSON.stringify(page)).not.toMatch(/PRIVATE|"d":/);
  });

  it('why a text or a session can’t be had, and nothing for what is no id', async () => {
    const { id, payloadId } = await sessionWithText('open');
    const other = await sessionWithText();
    const ok = { sessionId: id, reason: 'The customer asked.' };
    const revealing = (body: unknown, of = payloadId) => statusOf(reveal.POST, { token: tokens.admin, id: of, body });
    expect(await revealing({ ...ok, sessionId: other.id })).toBe('404 not_found');
    expect(await revealing(ok, newId())).toBe('404 not_found');
    expect(await revealing(ok, '../x')).toBe('404 not_found');
    for (const bad of [{ sessionId: id }, { ...ok, reason: ' ' }, { ...ok, more: 1 }, { ...ok, payloadId: other.payloadId }, []]) expect(await revealing(bad), JSON.stringify(bad)).toBe('400 invalid');
    const erasing = (body: unknown, of = id) => statusOf(erasure.POST, { token: tokens.admin, id: of, body });
    expect(await erasing({ reason: 'The customer asked.' })).toBe('409 conflict');
    expect(await erasing({ reason: 'The customer asked.' }, newId())).toBe('404 not_found');
    expect(await erasing({ reason: 'The customer asked.' }, 'x')).toBe('404 not_found');
    for (const bad of [{}, { reason: '' }, { reason: 'fine, but', sessionId: other.id }]) expect(await erasing(bad), JSON.stringify(bad)).toBe('400 invalid');
  });

  it('the record of what a program did, under its own name', async () => {
    const { id } = (await insertFleet(asOwner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
    expect(await statusOf(switches.POST, { token: tokens.serviceDenyAndStop, body: { scope: 'session', target: id } })).toBe('202');
    const { items } = answers.page(answers.eventAnswer).parse((await ask(log.GET, { token: tokens.serviceReadOnly, query: '?stream=org/switches&limit=200' })).body);
    expect(items.filter((event) => event.data.target === id)).toMatchObject([{ type: 'switch.engaged', actor: { kind: 'service_account', name: 'deny and stop', via: 'token' } }]);
  });
});
