import { beforeEach, describe, expect, it } from 'vitest';
import { deactivatePerson, listStopKeys, registerStopKey, revokeStopKey } from '.';
import { prisma } from '@/lib/db';
import { makeStopKey } from '@/lib/testing/stop-key';
import { MOST_STOP_KEYS, STOP_KEY_MS } from './stop-key-schema';
import { asPerson, clock, hostContext, makePerson, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();
let time = clock();
beforeEach(() => { time = clock(); });
const at = () => ({ now: time.now });
const events = async (keyId: string) => (await Promise.all(['stop_key.registered', 'stop_key.revoked'].map(recorded))).flat().filter((one) => one.data.keyId === keyId).map((one) => one.data);

describe('registering a stop key', () => {
  it('keeps the public half for thirty days, and says so on the record', async () => {
    const ada = await makePerson(['analyst']);
    const { jwk } = makeStopKey();
    const made = await registerStopKey(asPerson(ada, at()), { jwk: { ...jwk, ext: true, key_ops: ['verify'] }, name: 'Firefox on Linux' });
    expect(Date.parse(made.expiresAt) - time.now().getTime()).toBe(STOP_KEY_MS);
    expect(await prisma().stopKey.findUniqueOrThrow({ where: { id: made.id } })).toMatchObject({ personId: ada.id, jwk, name: 'Firefox on Linux', lastUsedAt: null, revokedAt: null });
    expect(await events(made.id)).toEqual([{ keyId: made.id, personId: ada.id, name: 'Firefox on Linux', expiresAt: made.expiresAt }]);
    expect(await listStopKeys(asPerson(ada, at()))).toMatchObject([{ id: made.id, name: 'Firefox on Linux', expiresAt: made.expiresAt }]);
  });

  it('is for those who may stop something, in a browser, by a key on the right curve', async () => {
    const viewer = await makePerson(['viewer']);
    const ada = await makePerson(['analyst']);
    const input = { jwk: makeStopKey().jwk, name: 'a browser' };
    await expect(registerStopKey(asPerson(viewer, at()), input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(registerStopKey(asPerson(ada, at(), { via: 'token' }), input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(registerStopKey(asPerson(ada, at(), { via: 'stop_key' }), input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(registerStopKey(hostContext(), input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(registerStopKey(asPerson(ada, at()), { ...input, jwk: makeStopKey('P-384').jwk })).rejects.toMatchObject({ code: 'invalid', issues: [{ path: '/jwk' }] });
    await expect(registerStopKey(asPerson(ada, at()), { ...input, extra: 1 } as never)).rejects.toMatchObject({ code: 'invalid' });
    expect(await prisma().stopKey.count({ where: { personId: { in: [viewer.id, ada.id] } } })).toBe(0);
  });

  it('takes the same key twice as once, also at the same time', async () => {
    const ada = await makePerson(['responder']);
    const input = { jwk: makeStopKey().jwk, name: 'a browser' };
    const made = await Promise.all([1, 2, 3].map(() => registerStopKey(asPerson(ada, at()), input)));
    expect(new Set(made.map((one) => one.id)).size).toBe(1);
    expect(await events(made[0]!.id)).toHaveLength(1);
  });

  it('ends the key that is renewed, and nobody else\'s', async () => {
    const [ada, bob] = [await makePerson(['responder']), await makePerson(['responder'])];
    const first = await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'a browser' });
    const foreign = await registerStopKey(asPerson(bob, at()), { jwk: makeStopKey().jwk, name: 'a browser' });
    const second = await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'a browser', replaces: first.id });
    await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'another', replaces: foreign.id });
    expect((await listStopKeys(asPerson(ada, at()))).map((one) => one.id)).toContain(second.id);
    expect((await listStopKeys(asPerson(ada, at()))).map((one) => one.id)).not.toContain(first.id);
    expect(await listStopKeys(asPerson(bob, at()))).toHaveLength(1);
    expect(await events(first.id)).toMatchObject([{}, { why: 'renewed' }]);
  });

  it('holds ten browsers: the one that was idle longest makes room', async () => {
    const ada = await makePerson(['responder']);
    const made: string[] = [];
    for (let i = 0; i < MOST_STOP_KEYS; i++) {
      made.push((await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: `browser ${i}` })).id);
      time.forward(1_000);
    }
    await prisma().stopKey.update({ where: { id: made[0]! }, data: { lastUsedAt: time.now() } });
    await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'the eleventh' });
    const left = (await listStopKeys(asPerson(ada, at()))).map((one) => one.id);
    expect(left).toHaveLength(MOST_STOP_KEYS);
    expect(left).toContain(made[0]);
    expect(left).not.toContain(made[1]);
    expect(await events(made[1]!)).toMatchObject([{}, { why: 'too_many' }]);
  });
});

describe('ending a stop key', () => {
  it('is for its person and for an administrator, once', async () => {
    const [ada, bob, root] = [await makePerson(['analyst']), await makePerson(['responder']), await makePerson(['admin'])];
    const make = async () => (await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'a browser' })).id;
    const [one, two] = [await make(), await make()];
    await expect(revokeStopKey(asPerson(bob, at()), one)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listStopKeys(asPerson(bob, at()), ada.id)).rejects.toMatchObject({ code: 'forbidden' });
    await Promise.all([revokeStopKey(asPerson(ada, at()), one), revokeStopKey(asPerson(ada, at()), one)]);
    await revokeStopKey(asPerson(root, at()), two);
    expect(await listStopKeys(asPerson(root, at()), ada.id)).toEqual([]);
    expect(await events(one)).toMatchObject([{}, { why: 'self' }]);
    expect(await events(two)).toMatchObject([{}, { why: 'administrator' }]);
    await expect(revokeStopKey(asPerson(root, at()), '019a0000-0000-7000-8000-00000000ffff')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('comes with the deactivation of its person', async () => {
    const [ada, root] = [await makePerson(['responder']), await makePerson(['admin'])];
    const { id } = await registerStopKey(asPerson(ada, at()), { jwk: makeStopKey().jwk, name: 'a browser' });
    await deactivatePerson(asPerson(root, at()), ada.id);
    expect(await events(id)).toMatchObject([{}, { why: 'deactivated' }]);
  });
});
