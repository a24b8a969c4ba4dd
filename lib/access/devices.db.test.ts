import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { changeSetting, checkSignIn, disownDevice, knowDevice, listNewDevices, listSignIns, revokeOtherSignIns, revokeSignIn, signIn, signInHistory, signOut } from '.';
import { asPerson, browserOf, clock, codeOf, consoleContext, makePerson, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const HOUR = 3_600_000;
const eventsOf = async (type: string, personId: string) => (await recorded(type)).filter((event) => event.data.personId === personId).map((event) => event.data);

describe('a device', () => {
  it('is known by its cookie at the next sign-in, and kept as a hash', async () => {
    const ada = await makePerson();
    const one = await browserOf(ada, { userAgent: 'Firefox/1' });
    const two = await browserOf(ada, { userAgent: 'Firefox/2' }, one.deviceToken);
    expect(two.deviceId).toBe(one.deviceId);
    expect(two.deviceToken).toBe(one.deviceToken);
    expect(JSON.stringify(await prisma().device.findMany({ where: { personId: ada.id } }))).not.toContain(one.deviceToken);
    // The first one of all: there is nobody to tell.
    expect(await eventsOf('person.new_device', ada.id)).toEqual([]);
    expect(await listNewDevices(two.ctx)).toEqual([]);
  });

  it('that is new is told to the other sign-ins, on the record, and not to itself', async () => {
    const ada = await makePerson();
    const home = await browserOf(ada);
    const strange = await browserOf(ada, { ip: '203.0.113.5', userAgent: 'Chrome/9' });
    expect(await eventsOf('person.new_device', ada.id)).toEqual([{ personId: ada.id, deviceId: strange.deviceId, ip: '203.0.113.5' }]);
    expect(await listNewDevices(home.ctx)).toMatchObject([{ id: strange.deviceId, ip: '203.0.113.5', userAgent: 'Chrome/9', method: 'password', liveSignIns: 1 }]);
    expect(await listNewDevices(strange.ctx)).toEqual([]);
    expect((await listSignIns(home.ctx)).map((row) => row.newDevice).sort()).toEqual([false, true]);
    // Somebody who signed in before devices were noted has others to be told, too.
    const grace = await makePerson();
    await prisma().signIn.create({ data: { id: '018f0000-0000-7000-8000-00000000bbbb', personId: grace.id, expiresAt: new Date(Date.now() + HOUR) } });
    const now = await browserOf(grace);
    expect(await eventsOf('person.new_device', grace.id)).toMatchObject([{ deviceId: now.deviceId }]);
  });

  it('counts for the person it was made for alone; a planted or made-up token is never known', async () => {
    const [ada, mallory] = [await makePerson(), await makePerson()];
    const own = await browserOf(mallory);
    await browserOf(ada);
    for (const planted of [own.deviceToken, 'A'.repeat(43), 'x', `${'A'.repeat(43)}.${own.deviceToken}`, 'a\r\nb']) {
      const came = await browserOf(ada, {}, planted);
      const rows = await prisma().device.findMany({ where: { personId: ada.id, id: came.deviceId } });
      expect(rows, planted).toMatchObject([{ knownAt: null }]);
      expect(came.deviceToken.split('.')[0], planted).not.toBe(planted);
    }
    expect(await eventsOf('person.new_device', ada.id)).toHaveLength(5);
  });

  it('that two people share keeps both', async () => {
    const [ada, grace] = [await makePerson(), await makePerson()];
    const a = await browserOf(ada);
    const g = await browserOf(grace, {}, a.deviceToken);
    const again = await browserOf(ada, {}, g.deviceToken);
    expect(again.deviceId).toBe(a.deviceId);
    expect((await browserOf(grace, {}, again.deviceToken)).deviceId).toBe(g.deviceId);
  });

  it('is vouched for by its person, from a browser that is known itself', async () => {
    const ada = await makePerson();
    const home = await browserOf(ada);
    const one = await browserOf(ada);
    const two = await browserOf(ada);
    expect(await codeOf(knowDevice(one.ctx, one.deviceId))).toBe('forbidden');
    expect(await codeOf(knowDevice(two.ctx, one.deviceId))).toBe('forbidden');
    expect(await codeOf(knowDevice(asPerson(await makePerson(['admin']), {}, { signInId: home.signInId }), one.deviceId))).toBe('not_found');
    expect(await codeOf(knowDevice(asPerson(ada, {}, { via: 'token', signInId: home.signInId }), one.deviceId))).toBe('forbidden');
    await knowDevice(home.ctx, one.deviceId);
    await knowDevice(home.ctx, one.deviceId);
    expect(await eventsOf('person.device_known', ada.id)).toEqual([{ personId: ada.id, deviceId: one.deviceId }]);
    // Known now, so its word counts.
    await knowDevice(one.ctx, two.deviceId);
    expect(await listNewDevices(home.ctx)).toEqual([]);
  });

  it('that was not its person loses all its sign-ins and is never known again', async () => {
    const ada = await makePerson();
    const home = await browserOf(ada);
    const bad = await browserOf(ada);
    const badAgain = await browserOf(ada, {}, bad.deviceToken);
    expect(await codeOf(disownDevice(bad.ctx, bad.deviceId))).toBe('forbidden');
    expect(await codeOf(disownDevice(asPerson(await makePerson(['admin']), {}, { signInId: home.signInId }), bad.deviceId))).toBe('not_found');
    expect(await disownDevice(home.ctx, bad.deviceId)).toBe(2);
    expect(await codeOf(disownDevice(home.ctx, bad.deviceId))).toBe('not_found');
    expect(await codeOf(knowDevice(home.ctx, bad.deviceId))).toBe('not_found');
    for (const ended of [bad, badAgain]) expect(await codeOf(checkSignIn(consoleContext(), ended.signInId))).toBe('unauthenticated');
    await checkSignIn(consoleContext(), home.signInId);
    expect(await eventsOf('person.device_disowned', ada.id)).toEqual([{ personId: ada.id, deviceId: bad.deviceId, signIns: 2 }]);
    expect((await eventsOf('person.signed_out', ada.id)).map((event) => event.why)).toEqual(['disowned', 'disowned']);
    const third = await browserOf(ada, {}, bad.deviceToken);
    expect(third.deviceId).not.toBe(bad.deviceId);
    expect(await listNewDevices(home.ctx)).toMatchObject([{ id: third.deviceId }]);
  });

  it('is judged once when both words come at once', async () => {
    const ada = await makePerson();
    const home = await browserOf(ada);
    const other = await browserOf(ada);
    const [know, disown] = await Promise.all([codeOf(knowDevice(home.ctx, other.deviceId)), codeOf(disownDevice(home.ctx, other.deviceId))]);
    expect(disown).toBe('fine');
    expect(['fine', 'not_found']).toContain(know);
    expect((await prisma().device.findUniqueOrThrow({ where: { id: other.deviceId } })).disownedAt).not.toBeNull();
  });
});

describe('all other sign-ins', () => {
  it('end, and the one that asks stays', async () => {
    const ada = await makePerson();
    const here = await browserOf(ada);
    const others = [await browserOf(ada), await browserOf(ada)];
    const stranger = await browserOf(await makePerson());
    expect(await revokeOtherSignIns(here.ctx)).toBe(2);
    expect(await revokeOtherSignIns(here.ctx)).toBe(0);
    await checkSignIn(consoleContext(), here.signInId);
    await checkSignIn(consoleContext(), stranger.signInId);
    for (const one of others) expect(await codeOf(checkSignIn(consoleContext(), one.signInId))).toBe('unauthenticated');
    expect((await eventsOf('person.signed_out', ada.id)).map((event) => event.why)).toEqual(['revoked', 'revoked']);
    expect(await codeOf(revokeOtherSignIns(asPerson(ada, {}, { via: 'token' })))).toBe('forbidden');
  });
});

describe('limits that an administrator sets', () => {
  it('hold for sign-ins that are open already, and longer ones give those no more', async () => {
    const time = clock();
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const ada = await makePerson();
    const early = await browserOf(ada, { now: time.now });
    const live = (signInId: string) => codeOf(checkSignIn(consoleContext({ now: time.now }), signInId));
    await changeSetting(admin, 'sign_in_idle_minutes', 30);
    await changeSetting(admin, 'sign_in_absolute_hours', 2);
    const late = await browserOf(ada, { now: time.now });
    expect(late.expiresAt.getTime() - time.now().getTime()).toBe(2 * HOUR);
    time.forward(29 * 60_000);
    expect(await live(early.signInId)).toBe('fine');
    time.forward(31 * 60_000);
    expect([await live(early.signInId), await live(late.signInId)]).toEqual(['unauthenticated', 'unauthenticated']);
    expect(await listSignIns(asPerson(ada, { now: time.now }))).toEqual([]);
    const busy = await browserOf(ada, { now: time.now });
    for (let passed = 0; passed < 110; passed += 10) { time.forward(10 * 60_000); expect(await live(busy.signInId)).toBe('fine'); }
    await changeSetting(admin, 'sign_in_absolute_hours', 720);
    time.forward(10 * 60_000);
    expect(await live(busy.signInId)).toBe('unauthenticated');
    for (const [key, bad] of [['sign_in_idle_minutes', 4], ['sign_in_idle_minutes', 1_441], ['sign_in_absolute_hours', 0], ['sign_in_absolute_hours', 721]] as const) expect(await codeOf(changeSetting(admin, key, bad))).toBe('invalid');
    await changeSetting(admin, 'sign_in_idle_minutes', 720);
    await changeSetting(admin, 'sign_in_absolute_hours', 168);
  });
});

describe('the history of sign-ins', () => {
  it('says how each was opened and ended, and which attempts were refused', async () => {
    const time = clock(new Date());
    const ada = await makePerson();
    const ended = await browserOf(ada, { now: time.now, ip: '192.0.2.1', userAgent: 'Firefox/1' });
    time.forward(1_000);
    await signOut(ended.ctx, ended.signInId);
    const revoked = await browserOf(ada, { now: time.now }, ended.deviceToken);
    time.forward(1_000);
    await revokeSignIn(asPerson(await makePerson(['admin']), { now: time.now }), revoked.signInId);
    expect(await codeOf(signIn(consoleContext({ now: time.now, ip: '203.0.113.66' }), { email: ada.email, password: 'not the password' }))).toBe('unauthenticated');
    expect(await codeOf(signIn(consoleContext({ now: time.now, ip: '203.0.113.66' }), { email: 'other@example.org', password: 'not the password' }))).toBe('unauthenticated');
    const idle = await browserOf(ada, { now: time.now });
    time.forward(13 * HOUR);
    const live = await browserOf(ada, { now: time.now });
    const { entries, person, more } = await signInHistory(live.ctx);
    expect(person).toEqual({ id: ada.id, name: 'Ada', email: ada.email });
    expect(more).toBe(false);
    const by = (id: string) => entries.find((entry) => entry.id === id);
    expect(entries[0]).toMatchObject({ id: live.signInId, end: { kind: 'live' }, device: 'first_time' });
    expect(by(ended.signInId)).toMatchObject({ kind: 'signed_in', method: 'password', ip: '192.0.2.1', userAgent: 'Firefox/1', device: 'first_time', end: { kind: 'ended', why: 'self' } });
    expect(by(revoked.signInId)).toMatchObject({ device: 'again', end: { kind: 'ended', why: 'revoked' } });
    expect(by(idle.signInId)).toMatchObject({ end: { kind: 'idle' } });
    expect(entries.filter((entry) => entry.kind === 'refused')).toMatchObject([{ ip: '203.0.113.66', why: 'wrong' }]);
  });

  it('is one\'s own, or anybody\'s for an administrator', async () => {
    const ada = await makePerson();
    await browserOf(ada);
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(signInHistory(asPerson(await makePerson([role])), ada.id))).toBe('forbidden');
    const admin = asPerson(await makePerson(['admin']));
    expect((await signInHistory(admin, ada.id)).entries).toHaveLength(1);
    expect(await codeOf(signInHistory(admin, '00000000-0000-4000-8000-000000000000'))).toBe('not_found');
  });

  it('of a password change says that it ended the others', async () => {
    const ada = await makePerson();
    const [here, there] = [await browserOf(ada), await browserOf(ada)];
    const { changePassword } = await import('.');
    await changePassword(here.ctx, { current: PASSWORD, password: 'another lantern in the harbour', signInId: here.signInId });
    expect((await signInHistory(here.ctx)).entries.find((entry) => entry.id === there.signInId)).toMatchObject({ end: { kind: 'ended', why: 'password_set' } });
  });
});
