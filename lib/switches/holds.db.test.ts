import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerStopKey } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import type { StopClaim } from '@/lib/protocol/stop-key';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { makeStopKey, signStop } from '@/lib/testing/stop-key';
import { adoptOrder, agentHold, endHold, engageByStopKey, engageSwitch, getOrder, requireNotHeld } from '.';

let database: TestDatabase;
const host = makeContext({ kind: 'host', user: 'root' });
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

async function held(holdMinutes = 10) {
  const { sessions } = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
  const [one, other] = [sessions[0]!, sessions[1]!];
  return { one, other, order: await engageSwitch(host, { scope: 'session', target: one.id, holdMinutes }) };
}
const recorded = async (type: string, orderOrAgent: string) => (await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE type = $1 AND body LIKE '%' || $2 || '%'`, [type, orderOrAgent])).map((row) => JSON.parse(row.body) as { data: Record<string, unknown> });
const holdsOf = (agentId: string) => sql.rows('SELECT 1 FROM session_hold WHERE agent_id = $1', [agentId]);

describe('a stop that holds what is new', () => {
  it('is recorded with its end, refuses that agent alone, and says until when', async () => {
    const { one, other, order } = await held();
    expect(Date.parse(order.holdUntil!) - Date.now()).toBeGreaterThan(9 * 60_000);
    expect(await recorded('switch.hold_placed', order.id)).toMatchObject([{ data: { agentId: one.agentId, until: order.holdUntil } }]);
    const refused = await requireNotHeld(sql, one.agentId).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'held', message: expect.stringContaining(`until ${order.holdUntil!.slice(0, 19).replace('T', ' ')} UTC`) });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(9 * 60_000);
    await requireNotHeld(sql, other.agentId);
    expect((await getOrder(order.id))?.hold).toMatchObject({ agentId: one.agentId, until: order.holdUntil, endedAt: null });
  });

  it('ends by itself at its time', async () => {
    const { one } = await held();
    await sql.rows(`UPDATE session_hold SET until = clock_timestamp() WHERE agent_id = $1`, [one.agentId]);
    await requireNotHeld(sql, one.agentId);
    expect(await agentHold(one.agentId)).toBeUndefined();
    const responder = makeContext(await insertPerson(sql, `Ada ${newId()}`, ['responder']));
    await expect(endHold(responder, { agentId: one.agentId })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('ended by itself') });
  });

  it('is of an instance as well, and of nobody where the target is unknown', async () => {
    const { instances, agents } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    await engageSwitch(host, { scope: 'instance', target: instances[0]!, holdMinutes: 1 });
    await expect(requireNotHeld(sql, agents[0]!)).rejects.toMatchObject({ code: 'held' });
    expect((await engageSwitch(host, { scope: 'session', target: newId(), holdMinutes: 1 })).holdUntil).toBeUndefined();
  });

  it('is nothing that a pause, a wider scope or another environment could have', async () => {
    const { sessions, agents } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    await expect(engageSwitch(host, { scope: 'session', target: sessions[0]!.id, holdMinutes: 10 }, 'pause')).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/holdMinutes' }] });
    await expect(engageSwitch(host, { scope: 'agent', target: agents[0]!, holdMinutes: 10 })).rejects.toMatchObject({ code: 'invalid' });
    for (const holdMinutes of [0, 61, 1.5]) await expect(engageSwitch(host, { scope: 'session', target: sessions[0]!.id, holdMinutes })).rejects.toMatchObject({ code: 'invalid' });
    await engageSwitch(host, { scope: 'session', target: sessions[0]!.id, environment: 'elsewhere', holdMinutes: 10 });
    expect(await holdsOf(agents[0]!)).toEqual([]);
  });

  it('holds once however often it is pressed, also with the stop standing already', async () => {
    const { sessions } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    const { id, agentId } = sessions[0]!;
    await engageSwitch(host, { scope: 'session', target: id });
    expect(await holdsOf(agentId)).toEqual([]);
    const orders = await Promise.all(Array.from({ length: 12 }, () => engageSwitch(host, { scope: 'session', target: id, holdMinutes: 10 })));
    expect(new Set(orders.map((order) => `${order.id} ${order.holdUntil}`)).size).toBe(1);
    expect(await holdsOf(agentId)).toHaveLength(1);
  });

  it('is placed by a device’s key for as long as was signed, in its person’s name, and for no longer than that', async () => {
    const person = await insertPerson(sql, `Ana ${newId()}`, ['analyst']);
    const { jwk, privateKey } = makeStopKey();
    const { id: keyId } = await registerStopKey(makeContext(person), { jwk, name: 'a browser' });
    const sign = (claim: Partial<StopClaim>) => signStop(privateKey, { ...claim, keyId });
    const engage = (signed: unknown) => engageByStopKey(makeContext({ kind: 'system', process: 'console' }), signed);
    const { sessions } = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
    const [one, other] = [sessions[0]!, sessions[1]!];
    const plain = sign({ scope: 'session', target: one.id });
    for (const altered of [{ ...plain, holdMinutes: 10 }, { ...sign({ scope: 'session', target: one.id, holdMinutes: 10 }), holdMinutes: 60 }, { ...sign({ scope: 'session', target: one.id, holdMinutes: 10 }), holdMinutes: undefined }]) {
      await expect(engage(altered), JSON.stringify(altered.holdMinutes)).rejects.toMatchObject({ code: 'unauthenticated', data: { why: 'unknown' } });
    }
    expect(await sql.rows('SELECT 1 FROM switch_order WHERE target = $1', [one.id])).toEqual([]);
    // As a client signs that knows of no hold.
    expect(await engage(plain)).toMatchObject({ standing: false });
    expect(await agentHold(one.agentId)).toBeUndefined();
    const answer = await engage(sign({ scope: 'session', target: one.id, holdMinutes: 10 }));
    // Who stops without a sign-in is told nothing of whose session that is.
    expect(answer).toEqual({ order: { id: expect.any(String), scope: 'session' }, standing: true, durability: 'database' });
    await expect(requireNotHeld(sql, one.agentId)).rejects.toMatchObject({ code: 'held' });
    await requireNotHeld(sql, other.agentId);
    const hold = (await agentHold(one.agentId))!;
    expect(hold).toMatchObject({ orderId: answer.order.id, placedBy: { kind: 'person', id: person.id, via: 'stop_key' } });
    expect(Date.parse(hold.until) - Date.parse(hold.placedAt)).toBe(10 * 60_000);
    expect(await recorded('switch.hold_placed', answer.order.id)).toMatchObject([{ actor: { id: person.id, via: 'stop_key' } }]);
    for (const holdMinutes of [0, 61, 1.5, '10']) await expect(engage(sign({ scope: 'session', target: one.id, holdMinutes: holdMinutes as number }))).rejects.toMatchObject({ code: 'invalid' });
    await expect(engage(sign({ scope: 'agent', target: one.agentId, holdMinutes: 10 }))).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/holdMinutes' }] });
  });

  it('counts from control’s word when the database was away', async () => {
    const { sessions } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    const issuedAt = new Date(Date.now() - 4 * 60_000);
    const order = await adoptOrder(host, { scope: 'session', target: sessions[0]!.id, holdMinutes: 10 }, 'stop', { id: newId(), issuedAt, orderJws: 'signed' });
    expect(order.holdUntil).toBe(new Date(issuedAt.getTime() + 10 * 60_000).toISOString());
  });
});

describe('ending a hold', () => {
  it('takes whoever may release, and somebody who could before it was placed', async () => {
    const late = makeContext(await insertPerson(sql, `Late ${newId()}`, ['responder']));
    const { one } = await held();
    const analyst = makeContext(await insertPerson(sql, `Ana ${newId()}`, ['analyst']));
    await expect(endHold(analyst, { agentId: one.agentId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(endHold(host, { agentId: one.agentId })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(endHold(makeContext({ kind: 'system', process: 'worker' }), { agentId: one.agentId })).rejects.toMatchObject({ code: 'forbidden' });
    const gained = { kind: 'role' as const, name: 'responder', since: new Date(), until: new Date(Date.now() + 3_600_000) };
    await expect(endHold(makeContext({ ...late.actor, recent: [gained] } as typeof late.actor), { agentId: one.agentId })).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('newer') });
    expect(await endHold(late, { agentId: one.agentId })).toEqual({ agentId: one.agentId, ended: 1 });
    await requireNotHeld(sql, one.agentId);
    expect(await recorded('switch.hold_ended', one.agentId)).toHaveLength(1);
  });

  it('happens once when several do it at once', async () => {
    const { one, order } = await held();
    const people = await Promise.all(Array.from({ length: 6 }, async (_, i) => makeContext(await insertPerson(sql, `R${i} ${newId()}`, ['responder']))));
    const outcomes = await Promise.allSettled(people.map((ctx) => endHold(ctx, { agentId: one.agentId })));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    expect(await recorded('switch.hold_ended', one.agentId)).toHaveLength(1);
    expect((await getOrder(order.id))?.hold?.endedBy?.kind).toBe('person');
  });
});
