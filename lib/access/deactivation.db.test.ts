import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { activatePerson, checkSignIn, checkToken, createPerson, createToken, deactivatePerson, issueLiveTicket, loadActor, makeSetupLink, readSetupLink, redeemLiveTicket, setPassword, signIn, withdrawSetupLink } from '.';
import { asPerson, clock, codeOf, consoleContext, keepPasskey, makePerson, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const of = async (type: string, personId: string) => (await recorded(type)).filter((event) => event.data.personId === personId).map((event) => event.data);
const stopKey = (personId: string, expiresAt: Date) => prisma().stopKey.create({ data: { id: newId(), personId, name: 'phone', jwk: {}, expiresAt } });
const passkey = (personId: string) => keepPasskey(personId, newId());

describe('deactivating a person', () => {
  it('ends everything that they could act by, at once, each on the record', async () => {
    const time = clock();
    const ctx = consoleContext({ now: time.now });
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const person = await makePerson(['responder']);
    const first = await signIn(ctx, { email: person.email, password: PASSWORD });
    const second = await signIn(ctx, { email: person.email, password: PASSWORD });
    if (first.kind !== 'opened' || second.kind !== 'opened') throw new Error('no sign-in');
    const { ticket } = await issueLiveTicket(ctx, first.signInId);
    const tokens = [await createToken(asPerson(person, { now: time.now }), { name: 'a' }), await createToken(asPerson(person, { now: time.now }), { name: 'b', limit: 'deny_and_stop' })];
    const keys = [await stopKey(person.id, new Date(time.now().getTime() + 86_400_000)), await stopKey(person.id, new Date(time.now().getTime() + 86_400_000))];
    const kept = await passkey(person.id);
    const link = (await makeSetupLink(admin, person.id)).path.split('/').at(-1)!;
    const asked = await prisma().pendingRequest.create({ data: { id: newId(), kind: 'switch_release', objectId: newId(), personId: person.id, body: {}, expiresAt: new Date(time.now().getTime() + 60_000) } });

    await deactivatePerson(admin, person.id);

    for (const { signInId } of [first, second]) expect(await codeOf(checkSignIn(ctx, signInId))).toBe('unauthenticated');
    expect(await codeOf(redeemLiveTicket(ctx, ticket))).toBe('unauthenticated');
    expect(await codeOf(issueLiveTicket(ctx, first.signInId))).toBe('unauthenticated');
    for (const { token } of tokens) expect(await codeOf(checkToken(ctx, token))).toBe('unauthenticated');
    expect(await codeOf(signIn(ctx, { email: person.email, password: PASSWORD }))).toBe('unauthenticated');
    expect(await readSetupLink(ctx, link)).toEqual({ kind: 'unknown' });
    expect(await codeOf(setPassword(ctx, { token: link, password: 'another harbour lantern 9' }))).toBe('conflict');
    expect(await codeOf(createToken(asPerson(person, { now: time.now }), { name: 'late' }))).toBe('conflict');
    expect(await codeOf(makeSetupLink(admin, person.id))).toBe('conflict');
    expect(await loadActor(person.id, 'console', time.now())).toBeUndefined();
    expect(await prisma().stopKey.count({ where: { personId: person.id, revokedAt: null } })).toBe(0);
    expect(await prisma().pendingRequest.findUniqueOrThrow({ where: { id: asked.id } })).toMatchObject({ outcome: 'refused', finishedAt: time.now() });
    // The key itself is theirs and stays; who it belongs to may not come in.
    expect((await prisma().passkey.findUniqueOrThrow({ where: { id: kept.id } })).revokedAt).toBeNull();

    expect(await of('person.deactivated', person.id)).toHaveLength(1);
    expect((await of('person.signed_out', person.id)).map((data) => data.why)).toEqual(['deactivated', 'deactivated']);
    expect((await of('token.revoked', person.id)).map((data) => data.tokenId).sort()).toEqual(tokens.map((token) => token.id).sort());
    expect((await of('stop_key.revoked', person.id)).map((data) => data.keyId).sort()).toEqual(keys.map((key) => key.id).sort());
    expect(await of('person.setup_link_ended', person.id)).toEqual([{ personId: person.id, why: 'deactivated' }]);
  });

  it('holds after they come back: what ended stays ended, and their rights are new', async () => {
    const time = clock();
    const ctx = consoleContext({ now: time.now });
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const person = await makePerson(['responder']);
    const opened = await signIn(ctx, { email: person.email, password: PASSWORD });
    const { token } = await createToken(asPerson(person, { now: time.now }), { name: 'a' });
    const key = await stopKey(person.id, new Date(time.now().getTime() + 86_400_000));
    await deactivatePerson(admin, person.id);
    time.forward(1_000);
    await activatePerson(admin, person.id);
    await activatePerson(admin, person.id);
    expect(await codeOf(checkSignIn(ctx, opened.kind === 'opened' ? opened.signInId : ''))).toBe('unauthenticated');
    expect(await codeOf(checkToken(ctx, token))).toBe('unauthenticated');
    expect((await prisma().stopKey.findUniqueOrThrow({ where: { id: key.id } })).revokedAt).not.toBeNull();
    expect((await loadActor(person.id, 'console', time.now()))!.recent!.map((right) => [right.name, right.since.getTime()])).toEqual(['analyst', 'responder', 'viewer'].map((name) => [name, time.now().getTime()]));
    time.forward(24 * 3_600_000);
    expect((await loadActor(person.id, 'console', time.now()))!.recent).toBeUndefined();
    expect(await of('person.activated', person.id)).toHaveLength(1);
  });

  it('and a sign-in at the same moment: whichever is first, nobody is in afterwards', async () => {
    const admin = asPerson(await makePerson(['admin']));
    for (let round = 0; round < 4; round++) {
      const person = await makePerson(['analyst']);
      const [entry] = await Promise.all([signIn(consoleContext(), { email: person.email, password: PASSWORD }).catch(() => undefined), deactivatePerson(admin, person.id)]);
      if (entry?.kind === 'opened') expect(await codeOf(checkSignIn(consoleContext(), entry.signInId))).toBe('unauthenticated');
      expect(await prisma().signIn.count({ where: { personId: person.id, revokedAt: null } })).toBe(0);
    }
  });

  it('is refused to everybody who may not manage people, and changes nothing', async () => {
    const person = await makePerson(['viewer']);
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(deactivatePerson(asPerson(await makePerson([role])), person.id))).toBe('forbidden');
    expect((await prisma().person.findUniqueOrThrow({ where: { id: person.id } })).state).toBe('active');
    expect(await codeOf(deactivatePerson(asPerson(await makePerson(['admin'])), newId()))).toBe('not_found');
  });
});

describe('an invitation', () => {
  it('is open, is over after a day, is sent again, and can be withdrawn', async () => {
    const time = clock();
    const ctx = consoleContext({ now: time.now });
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const { person, link } = await createPerson(admin, { email: 'invited@example.org', name: 'Grace', roles: ['analyst'] });
    const state = async () => (await import('./queries')).listPeople(admin).then((people) => people.find((one) => one.id === person.id)!.invitation);
    const secret = (path: string) => path.split('/').at(-1)!;
    expect(person.invitation).toEqual({ kind: 'open', expiresAt: link.expiresAt });
    time.forward(24 * 3_600_000);
    expect(await state()).toEqual({ kind: 'over' });
    expect((await readSetupLink(ctx, secret(link.path))).kind).toBe('expired');
    const again = await makeSetupLink(admin, person.id);
    expect((await state()).kind).toBe('open');
    await withdrawSetupLink(admin, person.id);
    await withdrawSetupLink(admin, person.id);
    expect(await state()).toEqual({ kind: 'over' });
    expect(await codeOf(setPassword(ctx, { token: secret(again.path), password: 'another harbour lantern 9' }))).toBe('conflict');
    expect(await of('person.setup_link_ended', person.id)).toEqual([{ personId: person.id, why: 'withdrawn' }]);
    const last = await makeSetupLink(admin, person.id);
    await setPassword(ctx, { token: secret(last.path), password: 'another harbour lantern 9' });
    expect(await state()).toEqual({ kind: 'none' });
  });
});
