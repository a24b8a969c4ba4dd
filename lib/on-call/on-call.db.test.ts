import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadActor } from '@/lib/access';
import { signatureOf } from '@/lib/approvals';
import { makeContext, type Actor } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { archiveRota, createRota, handOver, listRotas, pollRotas } from './index';

type Person = Extract<Actor, { kind: 'person' }>;
let db: TestDatabase;
let server: http.Server;
let base: string;
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-on-call-'));
const asked: { url: string; authorization: string | undefined; accept: string | undefined }[] = [];
let answer: { status: number; body: string; location?: string } = { status: 200, body: '[]' };
const people: Record<string, Person> = {};
const worker = makeContext({ kind: 'system', process: 'worker' });
const owner = () => sqlOf(pool(db.url));
const as = (name: string) => makeContext(people[name]!);
const onCall = async (name: string) => ((await loadActor(people[name]!.id, 'console', new Date()))?.onCall ?? []).map((one) => one.name);
const view = async (name: string) => (await listRotas(as('Adam'))).find((rota) => rota.name === name)!;
const poll = () => pollRotas(worker, { everyMs: 0, pagerDuty: () => base });
const alerts = () => owner().rows<{ about: string; state: string; count: number }>(`SELECT about, state, count FROM alert WHERE rule = 'on-call' ORDER BY raised_at`);
const events = async (type: string) => (await owner().rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY seq', [type])).map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data);

beforeAll(async () => {
  process.env.DATA_DIR = folder;
  process.env.OUTBOUND_ALLOW_LOOPBACK = 'true';
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.url;
  for (const [name, role] of [['Adam', 'admin'], ['Ana', 'analyst'], ['Rex', 'responder'], ['Vic', 'viewer']] as const) people[name] = await insertPerson(owner(), name, [role]);
  server = http.createServer((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization, accept: request.headers.accept });
    response.writeHead(answer.status, { 'content-type': 'application/json', ...(answer.location ? { location: answer.location } : {}) }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => { asked.length = 0; });
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('by hand-over', () => {
  it('is given by whoever has it, or by an administrator, with a reason, on record', async () => {
    const { id } = await createRota(as('Adam'), { source: 'hand_over', name: 'lead' });
    await expect(createRota(as('Ana'), { source: 'hand_over', name: 'mine' })).rejects.toThrow(/needs the role admin/);
    await expect(createRota(as('Adam'), { source: 'hand_over', name: 'lead' })).rejects.toThrow(/There is or was a rota called lead/);
    await expect(handOver(as('Ana'), { rotaId: id, to: people.Ana!.id, reason: 'I want to' })).rejects.toThrow(/Whoever is on call for lead hands it over/);
    await expect(handOver(as('Adam'), { rotaId: id, to: people.Vic!.id, reason: 'x' })).rejects.toThrow(/Vic may not decide/);
    await handOver(as('Adam'), { rotaId: id, to: people.Ana!.id, until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'Monday' });
    expect([await onCall('Ana'), await onCall('Rex')]).toEqual([['lead'], []]);
    await handOver(as('Ana'), { rotaId: id, to: people.Rex!.id, reason: 'Lunch' });
    expect([await onCall('Ana'), await onCall('Rex')]).toEqual([[], ['lead']]);
    expect(await view('lead')).toMatchObject({ now: [{ name: 'Rex', givenBy: 'Ana', reason: 'Lunch', until: null }], before: [{ name: 'Ana' }], health: { kind: 'by_hand' } });
    expect(await events('on_call.handed_over')).toMatchObject([{ from: [], to: people.Ana!.id, reason: 'Monday' }, { from: [people.Ana!.id], to: people.Rex!.id, reason: 'Lunch', until: null }]);
    await handOver(as('Rex'), { rotaId: id, to: null, reason: 'Nobody tonight' });
    expect((await view('lead')).now).toEqual([]);
  });

  it('ends by its time, and with its person', async () => {
    const { id } = await createRota(as('Adam'), { source: 'hand_over', name: 'night' });
    const end = new Date(Date.now() + 60_000);
    await handOver(as('Adam'), { rotaId: id, to: people.Rex!.id, until: end.toISOString(), reason: 'tonight' });
    expect((await loadActor(people.Rex!.id, 'console', new Date(end.getTime() - 1)))?.onCall?.map(({ name }) => name)).toEqual(['night']);
    expect((await loadActor(people.Rex!.id, 'console', end))?.onCall).toBeUndefined();
    await expect(handOver(as('Rex'), { rotaId: id, to: people.Ana!.id, until: '2020-01-01T00:00:00Z', reason: 'x' })).rejects.toThrow(/over already/);
    await archiveRota(as('Adam'), { rotaId: id });
    expect(await onCall('Rex')).toEqual([]);
  });

  it('counts for what was asked before, unless somebody took it upon themselves', async () => {
    const asked = new Date();
    const { id } = await createRota(as('Adam'), { source: 'hand_over', name: 'desk' });
    const brings = async (name: string, since: Date) => signatureOf((await loadActor(people[name]!.id, 'console', new Date()))!, since, new Date()).onCall;
    await handOver(as('Adam'), { rotaId: id, to: people.Rex!.id, reason: 'given' });
    expect(await brings('Rex', asked)).toEqual(['desk']);
    await handOver(as('Adam'), { rotaId: id, to: people.Adam!.id, reason: 'taken' });
    expect(await brings('Adam', asked)).toEqual([]);
    expect(await brings('Adam', new Date(Date.now() + 1))).toEqual(['desk']);
    await archiveRota(as('Adam'), { rotaId: id });
  });

  it('is had by one, whoever hands over at once', async () => {
    const { id } = await createRota(as('Adam'), { source: 'hand_over', name: 'race' });
    await Promise.all(['Ana', 'Rex', 'Adam'].map((name) => handOver(as('Adam'), { rotaId: id, to: people[name]!.id, reason: 'now' })));
    expect((await view('race')).now).toHaveLength(1);
    await archiveRota(as('Adam'), { rotaId: id });
  });
});

describe('by a webhook', () => {
  it('asks with the token, keeps the last good answer while it fails, calls a person at the second failure and is well again', async () => {
    await createRota(as('Adam'), { source: 'webhook', name: 'payments', url: `${base}/now?team=payments`, secret: 'rota-secret-1' });
    answer = { status: 200, body: '{"email":"ANA@example.org"}' };
    await poll();
    expect(asked).toEqual([{ url: '/now?team=payments', authorization: 'Bearer rota-secret-1', accept: 'application/json' }]);
    expect(await onCall('Ana')).toEqual(['payments']);
    answer = { status: 200, body: '["rex@example.org", "nobody@elsewhere.example"]' };
    await poll();
    expect([await onCall('Ana'), await onCall('Rex')]).toEqual([[], ['payments']]);
    expect(await view('payments')).toMatchObject({ unknown: ['nobody@elsewhere.example'], health: { kind: 'good' }, asks: new URL(base).host });
    expect((await events('on_call.changed')).at(-1)).toMatchObject({ on: [people.Rex!.id], off: [people.Ana!.id] });
    const failures: [typeof answer, RegExp][] = [[{ status: 500, body: '' }, /answered 500/], [{ status: 302, body: '', location: 'http://169.254.169.254/' }, /answered 302/], [{ status: 401, body: '' }, /the token is not taken/], [{ status: 200, body: '<html>' }, /not \{"email"/], [{ status: 200, body: `"${'x'.repeat(300_000)}"` }, /more than 262144 bytes/]];
    for (const [index, [failure, because]] of failures.entries()) {
      answer = failure;
      await poll();
      expect(await view('payments')).toMatchObject({ now: [{ name: 'Rex' }], health: { kind: 'failing', because: expect.stringMatching(because), lastGoodAt: expect.any(String) } });
      expect(await alerts()).toHaveLength(index === 0 ? 0 : 1);
    }
    answer = { status: 200, body: '[]' };
    await poll();
    expect(await alerts()).toEqual([{ about: 'payments', state: 'closed', count: failures.length - 1 }]);
    expect(await view('payments')).toMatchObject({ now: [], health: { kind: 'good' } });
    expect(JSON.stringify(await listRotas(as('Vic')))).not.toContain('rota-secret-1');
    expect(JSON.stringify(await owner().rows('SELECT body FROM log.event'))).not.toContain('rota-secret-1');
  });

  it('is asked once a minute whichever worker comes first', async () => {
    await owner().rows('UPDATE on_call_rota SET polled_at = NULL');
    answer = { status: 200, body: '[]' };
    await Promise.all([pollRotas(worker), pollRotas(worker), pollRotas(worker)]);
    expect(asked).toHaveLength(1);
    await pollRotas(worker);
    expect(asked).toHaveLength(1);
  });

  it('refuses an address that could never be called', async () => {
    await expect(createRota(as('Adam'), { source: 'webhook', name: 'bad', url: 'ftp://rota.example.org/', secret: 'rota-secret-1' })).rejects.toThrow(/cannot be called/);
    await expect(createRota(as('Adam'), { source: 'webhook', name: 'bad', url: 'https://user:word@rota.example.org/', secret: 'rota-secret-1' })).rejects.toThrow(/cannot be called/);
    await expect(createRota(as('Adam'), { source: 'webhook', name: 'bad', url: `${base}/`, secret: 'with\nbreak1' })).rejects.toThrow(/without spaces/);
  });
});

describe('by PagerDuty', () => {
  it('asks for the schedules with the token, page by page, and finds people by their address', async () => {
    await owner().rows(`UPDATE on_call_rota SET archived_at = now() WHERE source <> 'hand_over'`);
    await createRota(as('Adam'), { source: 'pagerduty', name: 'platform', scheduleIds: ['PI7DH85', 'PX1'], secret: 'pd-token-12345' });
    const entry = (email: string, schedule: string) => ({ escalation_level: 1, schedule: { id: schedule }, user: { email }, start: '2020-01-01T00:00:00Z', end: null });
    answer = { status: 200, body: JSON.stringify({ oncalls: [entry('rex@example.org', 'PI7DH85'), entry('ana@example.org', 'ELSE')], more: false }) };
    await poll();
    expect(asked).toEqual([{ url: '/oncalls?schedule_ids%5B%5D=PI7DH85&schedule_ids%5B%5D=PX1&include%5B%5D=users&limit=100&offset=0', authorization: 'Token token=pd-token-12345', accept: 'application/vnd.pagerduty+json;version=2' }]);
    expect([await onCall('Rex'), await onCall('Ana')]).toEqual([['platform'], []]);
    asked.length = 0;
    answer = { status: 200, body: JSON.stringify({ oncalls: [], more: true }) };
    await poll();
    expect(asked).toHaveLength(5);
    expect(await view('platform')).toMatchObject({ now: [{ name: 'Rex' }], health: { kind: 'failing', because: expect.stringContaining('more than 500 entries') } });
    await expect(handOver(as('Adam'), { rotaId: (await view('platform')).id, to: people.Ana!.id, reason: 'x' })).rejects.toThrow(/said by PagerDuty/);
  });
});
