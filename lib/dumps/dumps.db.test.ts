import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { record, sessionEvent } from '@/lib/log';
import { carryOutErasures, eraseAged, eraseSession, sealValue, type PayloadKind } from '@/lib/payloads';
import { newId } from '@/lib/protocol/ids';
import { createDataKey, FileKeys, payloadWrapper } from '@/lib/signing';
import { applySwitch, controlKeysFrom, engageSwitch } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { dumpOf, readDump, suggestIncidents, writeDueDumps } from './index';

const DAY = 86_400_000;
const SECRET = `ghp_${'a1B2'.repeat(10)}`;
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-dumps-'));
const worker = makeContext({ kind: 'system', process: 'worker' });
const host = makeContext({ kind: 'host', user: 'root' });
let db: TestDatabase;
let viewer: Context;
let admin: Context;
const owner = () => sqlOf(pool(db.url));

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATA_DIR = dataDir;
  // As the worker, which writes them, with what its role is granted and no more.
  process.env.DATABASE_URL = db.urlAs('worker');
  viewer = makeContext(await insertPerson(owner(), 'Vic', ['viewer']));
  admin = makeContext(await insertPerson(owner(), 'Ada', ['admin']));
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const keys = () => controlKeysFrom(new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }));
type Session = { id: string; agentId: string; instanceId: string };

/** A session as the gateway would have left it: an input, a plan, a call that is out, one that waits for a person. */
async function session(ageDays = 0): Promise<Session & { actionId: string }> {
  const made = (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
  const { dataKey, wrapped } = await createDataKey(payloadWrapper(), made.id);
  await owner().rows('INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, $2, $3)', [made.id, wrapped.bytes, wrapped.keyId]);
  await owner().rows(`INSERT INTO agent_secret (id, agent_id, hash, expires_at) VALUES ($1, $2, $3, clock_timestamp() + interval '1 day')`, [newId(), made.agentId, `the hash of ${made.id}`]);
  const seal = async (kind: PayloadKind, value: unknown) => {
    const { row, ref } = sealValue(made.id, dataKey, kind, value);
    await owner().rows(`INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) VALUES ($1, $2, $3, decode($4, 'base64'), decode($5, 'base64'), $6, $7, $8)`, [row.id, made.id, kind, row.sealed, row.salt, row.mac, row.bytes, new Date(Date.now() - ageDays * DAY)]);
    return ref;
  };
  const [input, plan, args] = [await seal('input', `Please read ticket 7. The key is ${SECRET}.`), await seal('plan', [{ id: 'a', tool: 'send_email', args: { to: 'x@example.org' } }]), await seal('args', { to: 'somebody@elsewhere.example' })];
  await record(owner(), worker, [
    sessionEvent(made.id, 'input.added', { origin: 'user', claimedOrigin: 'user', source: 'a ticket', trusted: true, content: input, verdict: 'clean', findings: [] }),
    sessionEvent(made.id, 'plan.submitted', { planId: 'plan-1', traceHash: 'h', verdict: 'valid', steps: [], content: plan }),
  ]);
  const { actionId } = await insertPendingApproval(owner(), made);
  await owner().rows('UPDATE action SET args_payload_id = $2, permitted_at = clock_timestamp(), permit_expires_at = clock_timestamp() + interval \'15 s\' WHERE id = $1', [actionId, args.payloadId]);
  return { ...made, actionId };
}
async function stop(one: Session, cover: { scope: 'session' | 'instance'; target: string; drill?: boolean } = { scope: 'session', target: one.id }) {
  const order = await engageSwitch(host, { ...cover, reason: 'it mails strangers' });
  await applySwitch(worker, order.id, keys());
  return order;
}
const events = async (type: string, about: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE type = $1 AND (stream = 'session/' || $2 OR body LIKE '%' || $2 || '%')`, [type, about])).map(({ body }) => JSON.parse(body) as { stream: string; actor: { id: string }; data: Record<string, unknown> });

describe('what a stopped session was', () => {
  it('is due with the stop, sealed, on the record without a word of it, and read by whoever may read texts, which is on the record', async () => {
    const one = await session();
    expect(await dumpOf(one.id)).toBeUndefined();
    const order = await stop(one);
    expect(await dumpOf(one.id)).toMatchObject({ state: 'due', orderId: order.id });
    await expect(readDump(viewer, { sessionId: one.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await writeDueDumps(worker)).toMatchObject({ written: 1, failed: 0 });
    const dump = await dumpOf(one.id);
    expect(dump).toMatchObject({ state: 'written', orderId: order.id });
    const written = dump as Extract<typeof dump, { state: 'written' }>;
    expect(written!.afterMs).toBeLessThan(60_000);
    const [event] = await events('session.dumped', one.id);
    expect(event).toMatchObject({ data: { orderId: order.id, fromSeq: 1, toSeq: written!.toSeq, context: 1, pending: 1, permits: 1, content: { payloadId: written!.payloadId, mac: written!.mac, bytes: written!.bytes } } });
    for (const word of ['ticket 7', 'elsewhere.example', SECRET, 'x@example.org']) expect(JSON.stringify(event)).not.toContain(word);
    const [row] = await owner().rows<{ sealed: Buffer }>('SELECT sealed FROM payload WHERE id = $1', [written!.payloadId]);
    expect(row!.sealed.toString('latin1')).not.toContain('ticket 7');
    // Read as a person, with the console's role, which is where people read.
    process.env.DATABASE_URL = db.urlAs('console');
    const { content } = await readDump(viewer, { sessionId: one.id });
    process.env.DATABASE_URL = db.urlAs('worker');
    const { value, hidden } = content as { value: Record<string, never>; hidden: number };
    expect(value).toMatchObject({
      version: 1, session: { id: one.id, purpose: 'a test' }, stop: { orderId: order.id, scope: 'session', reason: 'it mails strangers' }, log: { stream: `session/${one.id}`, fromSeq: 1, toSeq: written!.toSeq },
      context: { entries: [{ kind: 'input', origin: 'user', source: 'a ticket', text: expect.stringContaining('ticket 7') }], leftOut: 0 },
      plan: { planId: 'plan-1', steps: [{ tool: 'send_email' }] }, pending: [{ actionId: one.actionId, state: 'cancelled', args: { to: 'somebody@elsewhere.example' } }],
      calls: [{ actionId: one.actionId, permitExpiresAt: expect.any(String), redeemedAt: null }], credentials: { list: [{ kind: 'secret', expiresAt: expect.any(String) }] },
    });
    expect(JSON.stringify(value)).not.toContain('the hash of');
    expect(JSON.stringify(value)).not.toContain(SECRET);
    expect(hidden).toBe(1);
    expect(await events('payload.read', one.id)).toMatchObject([{ actor: { id: (viewer.actor as { id: string }).id }, data: { payloadIds: [written!.payloadId] } }]);
    await expect(readDump(makeContext({ kind: 'agent', id: one.agentId, name: 'a', instanceId: 'i' }), { sessionId: one.id })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is written once by however many workers, and by the next one when the first was ended in the middle', async () => {
    const ones = await Promise.all(Array.from({ length: 6 }, () => session()));
    for (const one of ones) await stop(one);
    const counts = await Promise.all(Array.from({ length: 4 }, () => writeDueDumps(worker)));
    expect(counts.reduce((sum, { written }) => sum + written, 0)).toBe(6);
    for (const one of ones) {
      expect(await events('session.dumped', one.id)).toHaveLength(1);
      expect(await owner().rows(`SELECT 1 FROM payload WHERE session_id = $1 AND kind = 'dump'`, [one.id])).toHaveLength(1);
    }
    expect(await writeDueDumps(worker)).toEqual({ written: 0, failed: 0 });
  });

  it('is written for all others when one cannot be, and for that one later', async () => {
    const [bad, good] = [await session(), await session()];
    await owner().rows(`UPDATE session_key SET wrapping_key_id = 'lost' WHERE session_id = $1`, [bad.id]);
    const order = await stop(bad);
    await stop(good);
    await expect(writeDueDumps(worker)).rejects.toThrow('1 stopped sessions could not be written');
    expect(await dumpOf(good.id)).toMatchObject({ state: 'written' });
    expect(await dumpOf(bad.id)).toMatchObject({ state: 'due', tries: 1 });
    await owner().rows(`UPDATE session_key k SET wrapping_key_id = o.wrapping_key_id FROM session_key o WHERE k.session_id = $1 AND o.session_id = $2`, [bad.id, good.id]);
    await owner().rows('UPDATE session_dump SET due_at = clock_timestamp() WHERE session_id = $1', [bad.id]);
    await writeDueDumps(worker);
    expect(await dumpOf(bad.id)).toMatchObject({ state: 'written', orderId: order.id });
  });

  it('is written by nobody but a process of ours', async () => {
    await expect(writeDueDumps(admin)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('erasing a session', () => {
  const erase = async (one: Session) => {
    process.env.DATABASE_URL = db.urlAs('console');
    await eraseSession(admin, { sessionId: one.id, reason: 'the customer asked for it' });
    process.env.DATABASE_URL = db.urlAs('worker');
    await carryOutErasures(worker, db.urlAs('retention'));
  };
  it('erases what it was when it was stopped', async () => {
    const one = await session();
    await stop(one);
    await writeDueDumps(worker);
    await erase(one);
    expect((await readDump(worker, { sessionId: one.id })).content).toMatchObject({ kind: 'erased', why: 'the customer asked for it' });
    expect(await owner().rows('SELECT 1 FROM payload WHERE session_id = $1 AND sealed IS NOT NULL', [one.id])).toEqual([]);
  });
  it('leaves nothing behind that is written later', async () => {
    const one = await session();
    await stop(one);
    await erase(one);
    await writeDueDumps(worker);
    expect(await dumpOf(one.id)).toMatchObject({ state: 'erased_before' });
    expect(await owner().rows('SELECT 1 FROM payload WHERE session_id = $1 AND sealed IS NOT NULL', [one.id])).toEqual([]);
  });
  it('that races with the writing leaves nothing either', async () => {
    const ones = await Promise.all(Array.from({ length: 5 }, () => session()));
    for (const one of ones) await stop(one);
    process.env.DATABASE_URL = db.urlAs('console');
    for (const one of ones) await eraseSession(admin, { sessionId: one.id, reason: 'the customer asked for it' });
    process.env.DATABASE_URL = db.urlAs('worker');
    await Promise.all([writeDueDumps(worker), carryOutErasures(worker, db.urlAs('retention'))]);
    expect(await owner().rows('SELECT 1 FROM payload WHERE session_id = ANY($1::uuid[]) AND sealed IS NOT NULL', [ones.map(({ id }) => id)])).toEqual([]);
  });
  it('by age takes it with the oldest and shortest kept of what is in it', async () => {
    const one = await session(40);
    await stop(one);
    await writeDueDumps(worker);
    await eraseAged(worker, { args: null, input: null, output: null, rationale: null, plan: 30 }, db.urlAs('retention'));
    expect((await readDump(worker, { sessionId: one.id })).content).toMatchObject({ kind: 'erased' });
  });
});

describe('a stop', () => {
  it('suggests its incident once, when what its sessions were is written', async () => {
    const one = await session();
    const order = await stop(one);
    expect(await suggestIncidents(worker)).not.toContain(order.id);
    await writeDueDumps(worker);
    await owner().rows('UPDATE switch_order SET confirmed_at = clock_timestamp() WHERE id = $1', [order.id]);
    const suggested = (await Promise.all(Array.from({ length: 4 }, () => suggestIncidents(worker)))).flat();
    expect(suggested.filter((id) => id === order.id)).toHaveLength(1);
    expect(await events('incident.suggested', order.id)).toMatchObject([{ stream: 'org/incidents', data: { orderId: order.id, scope: 'session', target: one.id, reason: 'it mails strangers', sessions: 1 } }]);
  });
  it('suggests none where it hit nothing or was a drill', async () => {
    const one = await session();
    await owner().rows('UPDATE agent SET drill = true WHERE id = $1', [one.agentId]);
    const [drill, nothing] = [await stop(one, { scope: 'instance', target: one.instanceId, drill: true }), await engageSwitch(host, { scope: 'session', target: newId() })];
    await writeDueDumps(worker);
    await owner().rows('UPDATE switch_order SET confirmed_at = clock_timestamp() WHERE id = ANY($1::uuid[])', [[drill.id, nothing.id]]);
    const suggested = await suggestIncidents(worker);
    for (const { id } of [drill, nothing]) expect(suggested).not.toContain(id);
  });
});
