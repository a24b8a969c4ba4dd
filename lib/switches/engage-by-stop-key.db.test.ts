import { describe, expect, it } from 'vitest';
import { deactivatePerson, registerStopKey, revokeStopKey } from '@/lib/access';
import { asPerson, consoleContext, makePerson, recorded, useConsoleDatabase } from '@/lib/access/testing';
import type { Role } from '@/lib/context';
import { prisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { makeStopKey, signStop, type Signed } from '@/lib/testing/stop-key';
import { engageByStopKey } from '.';

useConsoleDatabase();

async function holder(role: Role = 'responder') {
  const person = await makePerson([role]);
  const { jwk, privateKey } = makeStopKey();
  const { id } = await registerStopKey(asPerson(person), { jwk, name: 'a browser' });
  return { person, id, sign: (claim: Partial<Signed> = {}) => signStop(privateKey, { scope: 'agent', target: newId(), ...claim, keyId: claim.keyId ?? id }) };
}
const ordered = async (signed: Signed) => (await sql.rows<{ n: number }>('SELECT count(*)::int AS n FROM switch_order WHERE target IS NOT DISTINCT FROM $1 AND scope = $2', [signed.target ?? null, signed.scope]))[0]!.n;
const engage = (signed: unknown) => engageByStopKey(consoleContext(), signed);

describe('a stop by a device\'s key', () => {
  it('stands at once, in its person\'s name, and answers nothing else', async () => {
    const { person, id, sign } = await holder();
    const signed = sign();
    const answer = await engage(signed);
    expect(answer).toEqual({ order: { id: expect.any(String), scope: 'agent' }, standing: false, durability: 'database' });
    const [row] = await sql.rows<{ kind: string; engaged_by: unknown }>('SELECT kind, engaged_by FROM switch_order WHERE id = $1', [answer.order.id]);
    expect(row).toEqual({ kind: 'stop', engaged_by: { kind: 'person', id: person.id, name: person.name, via: 'stop_key' } });
    const event = (await recorded('switch.engaged')).find((one) => one.data.orderId === answer.order.id)!;
    expect(event.actor).toEqual({ kind: 'person', id: person.id, name: person.name, via: 'stop_key' });
    expect((await prisma().stopKey.findUniqueOrThrow({ where: { id } })).lastUsedAt).not.toBeNull();
    expect(await engage(sign({ target: signed.target }))).toEqual({ order: { id: answer.order.id, scope: 'agent' }, standing: true, durability: 'database' });
  });

  it('takes a number once, also of two at the same moment', async () => {
    const { sign } = await holder();
    const signed = sign();
    const both = await Promise.allSettled([engage(signed), engage(signed), engage(signed)]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(engage(signed)).rejects.toMatchObject({ code: 'conflict', data: { why: 'used' } });
    expect(await ordered(signed)).toBe(1);
  });

  it('is refused once the key is revoked or over its time', async () => {
    const { person, id, sign } = await holder();
    const signed = sign();
    await expect(engageByStopKey(consoleContext({ now: () => new Date(Date.now() + 31 * 86_400_000) }), sign({ ts: new Date(Date.now() + 31 * 86_400_000).toISOString() }))).rejects.toMatchObject({ code: 'unauthenticated', data: { why: 'expired' } });
    await revokeStopKey(asPerson(person), id);
    await expect(engage(signed)).rejects.toMatchObject({ code: 'unauthenticated', data: { why: 'revoked' } });
    expect(await ordered(signed)).toBe(0);
    // The number of a refused stop is not used up, and whoever doesn't hold the key isn't told what became of it.
    expect(await prisma().stopKeyNonce.count({ where: { keyId: id } })).toBe(0);
    await expect(engage({ ...signed, scope: 'global', target: undefined })).rejects.toMatchObject({ code: 'unauthenticated', data: { why: 'unknown' } });
  });

  it('is refused to a deactivated person, and to a role that was lost', async () => {
    const [gone, lower, analyst, root] = [await holder(), await holder(), await holder('analyst'), await makePerson(['admin'])];
    await prisma().person.update({ where: { id: lower.person.id }, data: { roles: ['viewer'] } });
    for (const scope of ['session', 'agent'] as const) await expect(engage(lower.sign({ scope }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(engage(analyst.sign({ scope: 'agent' }))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(engage(analyst.sign({ scope: 'global', target: undefined }))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await engage(analyst.sign({ scope: 'session' }))).toMatchObject({ standing: false });
    await prisma().person.update({ where: { id: gone.person.id }, data: { state: 'deactivated' } });
    await expect(engage(gone.sign())).rejects.toMatchObject({ code: 'unauthenticated', data: { why: 'person' } });
    await prisma().person.update({ where: { id: gone.person.id }, data: { state: 'active' } });
    await deactivatePerson(asPerson(root), gone.person.id);
    await prisma().person.update({ where: { id: gone.person.id }, data: { state: 'active' } });
    await expect(engage(gone.sign())).rejects.toMatchObject({ data: { why: 'revoked' } });
  });

  it('counts a role of the organisation\'s own making, as long as it is there', async () => {
    const { person, sign } = await holder('analyst');
    await prisma().customRole.create({ data: { name: 'night-watch', verbs: ['switch.engage.wide'] } });
    await prisma().person.update({ where: { id: person.id }, data: { roles: ['analyst', 'night-watch'] } });
    expect(await engage(sign())).toMatchObject({ standing: false });
    await prisma().customRole.update({ where: { name: 'night-watch' }, data: { archivedAt: new Date() } });
    await expect(engage(sign())).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('tells a clock that is wrong what time it is, so that the next one holds', async () => {
    const { sign } = await holder();
    for (const off of [-5.1 * 60_000, 5.1 * 60_000, 86_400_000 * 400]) {
      const refused = await engage(sign({ ts: new Date(Date.now() + off).toISOString() })).catch((error: { code: string; data: { why: string; serverTime: string } }) => error);
      expect(refused).toMatchObject({ code: 'invalid', data: { why: 'clock', serverTime: expect.any(String) } });
      expect(await engage(sign({ ts: (refused as { data: { serverTime: string } }).data.serverTime }))).toMatchObject({ standing: false });
    }
    for (const off of [-4.9 * 60_000, 4.9 * 60_000]) expect(await engage(sign({ ts: new Date(Date.now() + off).toISOString() }))).toMatchObject({ standing: false });
  });

  it('believes no other key, no changed claim and nothing beside it', async () => {
    const [ada, bob] = [await holder(), await holder()];
    await expect(engage(ada.sign({ keyId: bob.id }))).rejects.toMatchObject({ data: { why: 'unknown' } });
    await expect(engage(ada.sign({ keyId: newId() }))).rejects.toMatchObject({ data: { why: 'unknown' } });
    await expect(engage({ ...ada.sign(), target: newId() })).rejects.toMatchObject({ data: { why: 'unknown' } });
    for (const bad of [{ reason: 'x' }, { drill: true }, { kind: 'pause' }, { signature: 'x' }, { nonce: 'short' }, { ts: 'yesterday' }, { scope: 'galaxy' }, { target: undefined }, { keyId: 'x' }]) {
      await expect(engage({ ...ada.sign(), ...bad }), JSON.stringify(bad)).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(engage(null)).rejects.toMatchObject({ code: 'invalid' });
  });
});
