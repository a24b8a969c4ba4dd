import { describe, expect, it } from 'vitest';
import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { beginPasskey, beginPasskeySignIn, beginProof, checkSignIn, deactivatePerson, listPasskeys, registerPasskey, relyingParty, removePasskey, renamePasskey, signIn, signInWithPasskey } from '..';
import { asPerson, clock, codeOf, consoleContext, keepPasskey, makePasskey, makePerson, PASSWORD, recorded, useConsoleDatabase } from '../testing';
import { PASSKEY_REFUSED } from './schema';

useConsoleDatabase();

const MINUTE = 60_000;
const device = () => new SoftwareAuthenticator(relyingParty().origin);
const failure = async (attempt: Promise<unknown>): Promise<DomainError> => {
  const error = await attempt.then(() => undefined, (e: unknown) => e);
  expect(error).toBeInstanceOf(DomainError);
  return error as DomainError;
};
const eventsOf = async (type: string, personId: string) => (await recorded(type)).filter((event) => event.data.personId === personId);

/** A person with a browser of theirs, signed in by password at the clock's start. */
async function atHome(over: Parameters<typeof makePerson>[1] = {}) {
  const time = clock(new Date());
  const person = await makePerson(['analyst'], over);
  const signInId = newId();
  await prisma().signIn.create({ data: { id: signInId, personId: person.id, createdAt: time.now(), lastSeenAt: time.now(), expiresAt: new Date(time.now().getTime() + 86_400_000) } });
  return { person, time, ctx: asPerson(person, { now: time.now }, { signInId }) };
}

async function register(ctx: Context, authenticator = device(), name = 'Work laptop') {
  const { challengeId, options } = await beginPasskey(ctx);
  return registerPasskey(ctx, { challengeId, name, response: authenticator.register(options) as never });
}

async function enter(authenticator: SoftwareAuthenticator, twist: Parameters<SoftwareAuthenticator['authenticate']>[1] = {}, ctx = consoleContext()) {
  const { challengeId, options } = await beginPasskeySignIn();
  return signInWithPasskey(ctx, { challengeId, response: authenticator.authenticate(options, twist) });
}

describe('registering a passkey', () => {
  it('keeps a resident, verified key under the person’s own name, and says so on the record', async () => {
    const { ctx, person } = await atHome();
    const { options } = await beginPasskey(ctx);
    expect(options).toMatchObject({ rp: { id: 'localhost' }, attestation: 'none', authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, user: { name: person.email, displayName: 'Ada' }, excludeCredentials: [] });
    // What is on the key says nothing about whose it is.
    expect(Buffer.from(options.user.id, 'base64url').toString('hex')).toBe(person.id.replaceAll('-', ''));
    const view = await register(ctx);
    expect(await listPasskeys(ctx)).toEqual([view]);
    expect(view).toMatchObject({ name: 'Work laptop', lastUsedAt: null, backedUp: false });
    expect(await eventsOf('person.passkey_added', person.id)).toMatchObject([{ actor: { id: person.id }, data: { passkeyId: view.id, name: 'Work laptop' } }]);
    const again = await beginPasskey(ctx);
    expect(again.options.excludeCredentials).toHaveLength(1);
  });

  it.each([
    ['for another origin', { origin: 'https://evil.example' }, 'other_origin'], ['in somebody else’s page', { crossOrigin: true }, 'other_origin'], ['for another party', { rpId: 'evil.example' }, 'bad_signature'],
    ['without verification', { verified: false }, 'not_verified'], ['for another challenge', { challenge: 'AAAA' }, 'other_challenge'], ['as a signature', { type: 'webauthn.get' }, 'bad_signature'],
  ] as const)('refuses a key that was made %s', async (_, twist, why) => {
    const { ctx, person } = await atHome();
    const { challengeId, options } = await beginPasskey(ctx);
    const response = device().register(options, twist) as never;
    expect((await failure(registerPasskey(ctx, { challengeId, name: 'x', response }))).data).toEqual({ why });
    expect(await listPasskeys(ctx)).toEqual([]);
    expect(await eventsOf('person.step_up_refused', person.id)).toMatchObject([{ data: { purpose: 'credential.change', why } }]);
  });

  it('takes a challenge once, in the sign-in that asked, within its minute', async () => {
    const { ctx, person } = await atHome();
    const authenticator = device();
    const first = await beginPasskey(ctx);
    await registerPasskey(ctx, { challengeId: first.challengeId, name: 'One', response: authenticator.register(first.options) as never });
    expect((await failure(registerPasskey(ctx, { challengeId: first.challengeId, name: 'Two', response: device().register(first.options) as never }))).data).toEqual({ why: 'used' });
    const second = await beginPasskey(ctx);
    const elsewhere = asPerson(person, {}, { signInId: newId() });
    expect((await failure(registerPasskey(elsewhere, { challengeId: second.challengeId, name: 'Two', response: device().register(second.options) as never }))).data).toEqual({ why: 'other_sign_in' });
    const third = await beginPasskey(ctx);
    await prisma().passkeyChallenge.update({ where: { id: third.challengeId }, data: { expiresAt: new Date(0) } });
    expect((await failure(registerPasskey(ctx, { challengeId: third.challengeId, name: 'Two', response: device().register(third.options) as never }))).data).toEqual({ why: 'expired' });
    expect(await listPasskeys(ctx)).toHaveLength(1);
  });

  it('never gives one key to two persons', async () => {
    const ada = await atHome();
    const eve = await atHome();
    const { challengeId, options } = await beginPasskey(eve.ctx);
    const made = device().register(options);
    await keepPasskey(ada.person.id, made.id);
    expect((await failure(registerPasskey(eve.ctx, { challengeId, name: 'Stolen', response: made as never }))).code).toBe('conflict');
    expect(await listPasskeys(eve.ctx)).toEqual([]);
  });

  it('is added together with its event or not at all, and what it verifies by never changes, not even for the console itself', async () => {
    const { person, ctx } = await atHome();
    const row = { id: newId(), personId: person.id, credentialId: newId(), publicKey: new Uint8Array([1]), transports: [], name: 'Planted' };
    const refused = /added together with its event|42501/;
    await expect(prisma().passkey.create({ data: row })).rejects.toThrow(refused);
    // Nor with the event of another key, or with one that was recorded before.
    await expect(write(ctx, async (tx) => {
      await tx.passkey.create({ data: row });
      return { view: undefined, events: [organisationEvent('person.passkey_added', { personId: person.id, passkeyId: newId(), name: 'Other' })] };
    })).rejects.toThrow(refused);
    await write(ctx, async () => ({ view: undefined, events: [organisationEvent('person.passkey_added', { personId: person.id, passkeyId: row.id, name: 'Early' })] }));
    await expect(prisma().passkey.create({ data: row })).rejects.toThrow(refused);
    expect(await listPasskeys(ctx)).toEqual([]);

    const kept = await makePasskey(person.id);
    for (const data of [{ publicKey: new Uint8Array([2]) }, { credentialId: newId() }, { personId: (await makePerson()).id }]) await expect(prisma().passkey.update({ where: { id: kept.row.id }, data })).rejects.toThrow(/denied|42501/);
    await expect(prisma().passkey.delete({ where: { id: kept.row.id } })).rejects.toThrow(/denied|42501/);
    await prisma().passkey.update({ where: { id: kept.row.id }, data: { revokedAt: new Date() } });
    await expect(prisma().passkey.update({ where: { id: kept.row.id }, data: { revokedAt: null } })).rejects.toThrow(/never comes back|42501/);
  });

  it('keeps ten at most, also of two that are begun at nine', async () => {
    const { ctx, person } = await atHome();
    for (let i = 0; i < 9; i++) await makePasskey(person.id);
    const [a, b] = [await beginPasskey(ctx), await beginPasskey(ctx)];
    const both = await Promise.allSettled([a, b].map(({ challengeId, options }) => registerPasskey(ctx, { challengeId, name: 'Tenth', response: device().register(options) as never })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(beginPasskey(ctx))).toBe('conflict');
    expect(await listPasskeys(ctx)).toHaveLength(10);
  });

  it('is for the person in the console: not for a token', async () => {
    const { person } = await atHome();
    const byToken = asPerson(person, {}, { via: 'token', tokenId: newId() });
    for (const attempt of [beginPasskey(byToken), listPasskeys(byToken), beginProof(byToken, { kind: 'add_passkey' }), removePasskey(byToken, { passkeyId: newId() }), renamePasskey(byToken, { passkeyId: newId(), name: 'x' }), beginPasskey(consoleContext())]) expect(await codeOf(attempt)).toBe('forbidden');
  });
});

describe('showing once more that it is oneself', () => {
  it('is not asked within ten minutes of signing in, and is after', async () => {
    const { ctx, time } = await atHome();
    time.forward(10 * MINUTE);
    await beginPasskey(ctx);
    time.forward(1);
    expect(await failure(beginPasskey(ctx))).toMatchObject({ code: 'step_up_required', data: { why: 'proof_needed' } });
  });

  it('takes a passkey over this very change, and none over another', async () => {
    const { ctx, time, person } = await atHome();
    const { authenticator, row } = await makePasskey(person.id);
    time.forward(60 * MINUTE);
    const proofFor = async (act: Parameters<typeof beginProof>[1]) => {
      const { challengeId, options } = await beginProof(ctx, act);
      return { kind: 'passkey' as const, challengeId, response: authenticator.authenticate(options) as never };
    };
    expect((await failure(beginPasskey(ctx, { proof: await proofFor({ kind: 'remove_passkey', passkeyId: row.id }) }))).data).toEqual({ why: 'other_subject' });
    expect((await failure(removePasskey(ctx, { passkeyId: row.id, proof: await proofFor({ kind: 'add_passkey' }) }))).data).toEqual({ why: 'other_subject' });
    expect((await beginPasskey(ctx, { proof: await proofFor({ kind: 'add_passkey' }) })).options.excludeCredentials).toHaveLength(1);
    await removePasskey(ctx, { passkeyId: row.id, proof: await proofFor({ kind: 'remove_passkey', passkeyId: row.id }) });
    expect(await listPasskeys(ctx)).toEqual([]);
    expect(await eventsOf('person.step_up_refused', person.id)).toHaveLength(2);
  });

  it('takes the password, counts wrong ones as at the door, and changes nothing for them', async () => {
    const { ctx, time } = await atHome();
    time.forward(60 * MINUTE);
    await beginPasskey(ctx, { proof: { kind: 'secret', secret: PASSWORD } });
    for (let i = 0; i < 5; i++) expect(await codeOf(beginPasskey(ctx, { proof: { kind: 'secret', secret: 'not the password' } }))).toBe('invalid');
    expect(await codeOf(beginPasskey(ctx, { proof: { kind: 'secret', secret: PASSWORD } }))).toBe('rate_limited');
  });
});

describe('renaming and removing', () => {
  it('renames one’s own and nobody else’s', async () => {
    const { ctx, person } = await atHome();
    const { row } = await makePasskey(person.id);
    const other = await makePasskey((await makePerson()).id);
    await renamePasskey(ctx, { passkeyId: row.id, name: ' Blue key ' });
    await renamePasskey(ctx, { passkeyId: row.id, name: 'Blue key' });
    expect(await listPasskeys(ctx)).toMatchObject([{ name: 'Blue key' }]);
    expect(await eventsOf('person.passkey_renamed', person.id)).toMatchObject([{ data: { from: 'Laptop', to: 'Blue key' } }]);
    expect(await codeOf(renamePasskey(ctx, { passkeyId: other.row.id, name: 'Mine' }))).toBe('not_found');
    expect(await codeOf(removePasskey(ctx, { passkeyId: other.row.id }))).toBe('not_found');
    expect(await prisma().passkey.findUniqueOrThrow({ where: { id: other.row.id } })).toMatchObject({ name: 'Laptop', revokedAt: null });
  });

  it('keeps the last way in, also of two removals at once', async () => {
    const { ctx, person } = await atHome({ password: false });
    const keys = [await makePasskey(person.id), await makePasskey(person.id)];
    const both = await Promise.allSettled(keys.map(({ row }) => removePasskey(ctx, { passkeyId: row.id })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'conflict', message: expect.stringContaining('last way in') as string } });
    expect(await listPasskeys(ctx)).toHaveLength(1);
    expect(await eventsOf('person.passkey_removed', person.id)).toHaveLength(1);
  });

  it('lets a lost key be removed right after signing in another way, and it opens nothing from then on', async () => {
    const { person } = await atHome();
    const { authenticator, row } = await makePasskey(person.id);
    const opened = await signIn(consoleContext(), { email: person.email, password: PASSWORD });
    if (!('signInId' in opened)) throw new Error('The password alone should open.');
    const ctx = asPerson(person, {}, { signInId: opened.signInId });
    await removePasskey(ctx, { passkeyId: row.id });
    expect(await failure(enter(authenticator))).toMatchObject({ code: 'unauthenticated', message: PASSKEY_REFUSED });
    // Its row stays: what it signed can still be verified.
    expect(await prisma().passkey.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({ revokedAt: expect.any(Date) as Date });
  });
});

describe('signing in with a passkey', () => {
  it('opens a sign-in without an e-mail, and counts the key’s use', async () => {
    const person = await makePerson(['responder'], { password: false });
    const { authenticator, row } = await makePasskey(person.id);
    const opened = await enter(authenticator, {}, consoleContext({ ip: '192.0.2.50' }));
    expect((await checkSignIn(consoleContext(), opened.signInId)).actor).toMatchObject({ id: person.id, roles: ['responder'], via: 'console', signInId: opened.signInId });
    expect(await prisma().signIn.findUniqueOrThrow({ where: { id: opened.signInId } })).toMatchObject({ method: 'passkey', ip: '192.0.2.50' });
    expect(await prisma().passkey.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({ counter: 2n, lastUsedAt: expect.any(Date) as Date });
    expect(await eventsOf('person.signed_in', person.id)).toMatchObject([{ actor: { id: person.id }, data: { signInId: opened.signInId, method: 'passkey' } }]);
  });

  it('gives one answer for an unknown key, a removed one, a deactivated person, a wrong signature, another origin, no verification and nonsense', async () => {
    const known = async (over: Parameters<typeof makePerson>[1] = {}) => makePasskey((await makePerson(['analyst'], over)).id);
    const stranger = device();
    stranger.register({ challenge: 'AA', rp: { id: 'localhost', name: 'x' }, user: { id: 'AA', name: 'x', displayName: 'x' }, pubKeyCredParams: [] });
    const removed = await known();
    await prisma().passkey.update({ where: { id: removed.row.id }, data: { revokedAt: new Date() } });
    const [ada, eve] = [await known(), await known()];
    const swapped = async () => {
      const { challengeId, options } = await beginPasskeySignIn();
      const hers = eve.authenticator.authenticate(options);
      return signInWithPasskey(consoleContext(), { challengeId, response: { ...hers, id: ada.row.credentialId, rawId: ada.row.credentialId } });
    };
    const [gone, elsewhere, foreign, unverified] = [await known({ state: 'deactivated' }), await known(), await known(), await known()];
    const attempts = [
      enter(stranger), enter(removed.authenticator), enter(gone.authenticator), swapped(),
      enter(elsewhere.authenticator, { origin: 'https://evil.example' }), enter(foreign.authenticator, { rpId: 'evil.example' }), enter(unverified.authenticator, { verified: false }),
      signInWithPasskey(consoleContext(), 'nonsense'), signInWithPasskey(consoleContext(), {}),
    ];
    const answers = await Promise.all(attempts.map(async (attempt) => { const { code, message, data, retryAfterMs } = await failure(attempt); return JSON.stringify({ code, message, data, retryAfterMs }); }));
    expect(new Set(answers)).toEqual(new Set([JSON.stringify({ code: 'unauthenticated', message: PASSKEY_REFUSED })]));
    expect(new Set((await recorded('person.sign_in_refused')).map((event) => event.data.why))).toEqual(new Set(['no_person', 'deactivated', 'wrong']));
  });

  it('takes a challenge once, also of two at once, and not after its minute', async () => {
    const { authenticator } = await makePasskey((await makePerson()).id);
    const { challengeId, options } = await beginPasskeySignIn();
    const response = authenticator.authenticate(options);
    const both = await Promise.allSettled([1, 2].map(() => signInWithPasskey(consoleContext(), { challengeId, response })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const late = await beginPasskeySignIn();
    await prisma().passkeyChallenge.update({ where: { id: late.challengeId }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await codeOf(signInWithPasskey(consoleContext(), { challengeId: late.challengeId, response: authenticator.authenticate(late.options) }))).toBe('unauthenticated');
  });

  it('does not take what was signed for an approval as a sign-in, nor a sign-in’s challenge as another', async () => {
    const { ctx, person } = await atHome();
    const { authenticator } = await makePasskey(person.id);
    const proof = await beginProof(ctx, { kind: 'add_passkey' });
    expect(await codeOf(signInWithPasskey(consoleContext(), { challengeId: proof.challengeId, response: authenticator.authenticate(proof.options) }))).toBe('unauthenticated');
    const door = await beginPasskeySignIn();
    expect((await failure(beginPasskey(ctx, { proof: { kind: 'passkey', challengeId: door.challengeId, response: authenticator.authenticate(door.options) as never } }))).data).toEqual({ why: 'other_person' });
  });

  it('refuses a key that counts backwards, as a copy would, and says that on the record', async () => {
    const { authenticator } = await makePasskey((await makePerson()).id);
    await enter(authenticator);
    expect(await codeOf(enter(authenticator, { counter: 2 }))).toBe('unauthenticated');
    expect((await recorded('person.sign_in_refused')).filter((event) => event.data.why === 'copied_key')).toHaveLength(1);
  });

  it('locks an address that fails twenty times, before any look at a key', async () => {
    const ctx = consoleContext({ ip: '198.51.100.77' });
    const { authenticator } = await makePasskey((await makePerson()).id);
    for (let i = 0; i < 20; i++) expect(await codeOf(signInWithPasskey(ctx, {}))).toBe('unauthenticated');
    expect(await codeOf(enter(authenticator, {}, ctx))).toBe('unauthenticated');
    expect(await enter(authenticator, {}, consoleContext({ ip: '198.51.100.78' }))).toHaveProperty('signInId');
    expect((await recorded('person.sign_in_refused')).filter((event) => event.data.ip === '198.51.100.77').map((event) => event.data.why)).toContain('locked');
  });

  it('opens nothing for a person who was deactivated since', async () => {
    const admin = await makePerson(['admin']);
    const person = await makePerson();
    const { authenticator } = await makePasskey(person.id);
    await enter(authenticator);
    await deactivatePerson(asPerson(admin), person.id);
    expect(await codeOf(enter(authenticator))).toBe('unauthenticated');
  });
});
