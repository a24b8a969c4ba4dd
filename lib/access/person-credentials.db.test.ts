import { describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { prisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { makeStopKey, signStop } from '@/lib/testing/stop-key';
import {
  admitStopKey, beginPasskeySignIn, beginStepUp, changeRoles, checkSignIn, checkToken, createRole, createToken, finishStepUp, listPasskeys, liveStopKeys, loadActor, readCredentials, readStopKey, registerStopKey,
  resetTotp, revokePasskey, revokeSignIn, revokeStopKey, revokeToken, signIn, signInWithPasskey, stepUpTransaction,
} from '.';
import { authenticationResponseSchema, type StepUpSubject } from './schema';
import { asPerson, browserOf, clock, codeOf, consoleContext, hostContext, makePasskey, makePerson, PASSWORD, recorded, useConsoleDatabase, withTotp } from './testing';

useConsoleDatabase();

const admin = async () => asPerson(await makePerson(['admin']));
const subject = (): StepUpSubject => ({ purpose: 'approval.approve', objectId: newId(), digest: 'ab'.repeat(32), verdict: 'approve' });
const eventsOf = async (type: string, personId: string) => (await recorded(type)).filter((event) => event.data.personId === personId);

/** Somebody with one of everything. */
async function somebody(roles: Parameters<typeof makePerson>[0] = ['responder']) {
  const person = await makePerson(roles);
  const { signInId, ctx } = await browserOf(person, { ip: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' });
  const factor = await withTotp(person, clock(new Date()));
  const passkey = await makePasskey(person.id);
  const stop = makeStopKey();
  const { id: stopKeyId } = await registerStopKey(ctx, { jwk: stop.jwk, name: 'Firefox on Linux' });
  const { id: tokenId, token } = await createToken(ctx, { name: 'nightly' });
  return { person, ctx, signInId, factor, passkey, stop, stopKeyId, tokenId, token };
}

/** Whoever may manage people by a role of the organisation's own, and no more than that. */
async function manager(): Promise<Context> {
  const by = await admin();
  const { name } = await createRole(by, { name: `m-${crypto.randomUUID().slice(0, 20)}`, verbs: ['person.manage'] });
  const person = await makePerson(['viewer']);
  await changeRoles(by, { personId: person.id, roles: ['viewer', name] });
  return makeContext((await loadActor(person.id, 'console', new Date()))!);
}

/** Every way to take something of them away, by whoever asks. */
const ends = (as: Context, one: Awaited<ReturnType<typeof somebody>>) => [
  () => revokePasskey(as, one.passkey.row.id), () => resetTotp(as, one.person.id), () => revokeStopKey(as, one.stopKeyId), () => revokeToken(as, one.tokenId), () => revokeSignIn(as, one.signInId),
];

describe('what somebody holds', () => {
  it('is read by an administrator with its last use, and no secret is in it', async () => {
    const one = await somebody();
    await checkToken(consoleContext(), one.token);
    const seen = await readCredentials(await admin(), one.person.id);
    expect(seen).toMatchObject({
      within: true, person: { id: one.person.id, hasPassword: true }, passkeys: [{ id: one.passkey.row.id, name: 'Laptop', lastUsedAt: null }],
      totp: { kind: 'on', lastUsedAt: expect.any(String) as string }, recovery: { left: 10, made: 10 }, stopKeys: [{ id: one.stopKeyId, name: 'Firefox on Linux', lastUsedAt: null }],
      tokens: [{ id: one.tokenId, name: 'nightly', lastUsedAt: expect.any(String) as string }], signIns: [{ id: one.signInId, ip: '192.0.2.7', method: 'password' }],
    });
    const said = JSON.stringify(seen);
    for (const secret of [one.token, one.token.slice(-20), one.factor.secret, ...one.factor.codes, one.person.passwordHash!, one.passkey.row.credentialId, one.stop.jwk.x as string]) expect(said).not.toContain(secret);
  });

  it('is nobody else’s to read: not a lower role’s, not a limited token’s, not a program’s', async () => {
    const one = await somebody();
    const administrator = await makePerson(['admin']);
    const others = [
      ...(await Promise.all((['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const).map(async (role) => asPerson(await makePerson([role]))))), one.ctx,
      asPerson(administrator, {}, { via: 'token', tokenId: newId(), limit: 'read_only' }), asPerson(administrator, {}, { via: 'token', tokenId: newId(), verbs: ['person.read'] }),
      makeContext({ kind: 'service_account', id: newId(), name: 'ci', roles: ['admin'], tokenId: newId() }),
    ];
    for (const other of others) expect(await codeOf(readCredentials(other, one.person.id))).toBe('forbidden');
    expect(await codeOf(readCredentials(await admin(), newId()))).toBe('not_found');
    expect(await codeOf(readCredentials(await admin(), 'x'))).toBe('invalid');
  });

  it('is nobody else’s to end either, and stays whole after they tried', async () => {
    const one = await somebody();
    const administrator = await makePerson(['admin']);
    const others = [
      ...(await Promise.all((['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const).map(async (role) => asPerson(await makePerson([role]))))),
      asPerson(administrator, {}, { via: 'token', tokenId: newId(), limit: 'deny_and_stop' }), makeContext({ kind: 'service_account', id: newId(), name: 'ci', roles: ['admin'], tokenId: newId() }),
    ];
    const before = await readCredentials(asPerson(administrator), one.person.id);
    for (const other of others) for (const end of ends(other, one)) expect(await codeOf(end())).toBe('forbidden');
    expect(await readCredentials(asPerson(administrator), one.person.id)).toEqual(before);
  });

  it('of whoever may do more than one can be read and not ended', async () => {
    const [boss, colleague, by] = [await somebody(['admin']), await makePerson(['viewer']), await manager()];
    expect((await readCredentials(by, boss.person.id)).within).toBe(false);
    for (const end of ends(by, boss)) expect(await codeOf(end())).toBe('forbidden');
    expect((await readCredentials(by, colleague.id)).within).toBe(true);
  });
});

describe('ending it as an administrator', () => {
  it('counts at once, is on the record under the administrator’s name, and happens once', async () => {
    const one = await somebody();
    const as = await admin();
    const by = as.actor.kind === 'person' ? as.actor.id : '';
    for (const end of ends(as, one)) {
      // Two presses at the same moment, and a third after.
      expect(await Promise.all([codeOf(end()), codeOf(end())])).toEqual(['fine', 'fine']);
      expect(await codeOf(end())).toBe('fine');
    }
    expect(await readCredentials(as, one.person.id)).toMatchObject({ passkeys: [], totp: { kind: 'none' }, stopKeys: [], tokens: [], signIns: [] });
    expect(await codeOf(checkToken(consoleContext(), one.token))).toBe('unauthenticated');
    expect(await codeOf(checkSignIn(consoleContext(), one.signInId))).toBe('unauthenticated');
    // Without their one-time password the password alone opens.
    expect((await signIn(consoleContext(), { email: one.person.email, password: PASSWORD })).kind).toBe('opened');
    for (const type of ['person.passkey_removed', 'person.totp_removed', 'stop_key.revoked', 'token.revoked', 'person.signed_out']) {
      expect(await eventsOf(type, one.person.id), type).toMatchObject([{ actor: { kind: 'person', id: by } }]);
    }
  });

  it('a passkey neither signs in nor steps up from then on, also with what it was asked before', async () => {
    const { person, ctx, passkey: { authenticator, row } } = await somebody();
    const asked = subject();
    const [stepUp, entering] = [await beginStepUp(ctx, asked), await beginPasskeySignIn()];
    const signed = { challengeId: stepUp.challengeId, response: authenticationResponseSchema.parse(authenticator.authenticate(stepUp.options)) };
    const shown = { challengeId: entering.challengeId, response: authenticator.authenticate(entering.options) };
    await revokePasskey(await admin(), row.id);
    await expect(stepUpTransaction(ctx, (tx) => finishStepUp(tx, ctx, asked, signed))).rejects.toMatchObject({ code: 'step_up_required', data: { why: 'no_such_key' } });
    expect(await codeOf(signInWithPasskey(consoleContext(), shown))).toBe('unauthenticated');
    expect(await codeOf(beginStepUp(ctx, subject()))).toBe('step_up_required');
    expect(await listPasskeys(ctx)).toEqual([]);
    expect(await eventsOf('person.passkey_removed', person.id)).toMatchObject([{ data: { passkeyId: row.id, name: 'Laptop' } }]);
  });

  it('a stop key is refused by what the console reads and missing from what control reads', async () => {
    const { stop, stopKeyId } = await somebody();
    const { signature, ...claim } = signStop(stop.privateKey, { keyId: stopKeyId });
    expect(admitStopKey(await readStopKey(sql, stopKeyId), claim, signature, new Date())).toMatchObject({ via: 'stop_key' });
    await revokeStopKey(await admin(), stopKeyId);
    const now = await readStopKey(sql, stopKeyId);
    expect(() => admitStopKey(now, claim, signature, new Date())).toThrow('was revoked, so nothing was stopped');
    expect((await liveStopKeys(sql)).map(({ id }) => id)).not.toContain(stopKeyId);
  });

  it('leaves one’s own passkeys to the page that makes sure that it is oneself', async () => {
    const boss = await somebody(['admin']);
    await expect(revokePasskey(boss.ctx, boss.passkey.row.id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await codeOf(revokePasskey(await admin(), newId()))).toBe('not_found');
    expect(await codeOf(revokePasskey(await admin(), 'x'))).toBe('invalid');
  });

  it('may take the last way in, but of the last administrator who can sign in not, also of two at once', async () => {
    await prisma().person.updateMany({ data: { state: 'deactivated' } });
    const [a, b, lost] = [await makePerson(['admin'], { password: false }), await makePerson(['admin'], { password: false }), await makePerson(['analyst'], { password: false })];
    await makePasskey(a.id);
    await revokePasskey(asPerson(a), (await makePasskey(lost.id)).row.id);
    /** The one key of somebody, new where the last one was taken: none ever comes back. */
    const keyOf = async (personId: string) => (await prisma().passkey.findFirst({ where: { personId, revokedAt: null } })) ?? (await makePasskey(personId)).row;
    for (let round = 0; round < 4; round++) {
      const [keyA, keyB] = [await keyOf(a.id), await keyOf(b.id)];
      const outcomes = await Promise.all([codeOf(revokePasskey(asPerson(a), keyB.id)), codeOf(revokePasskey(asPerson(b), keyA.id))]);
      expect([...outcomes].sort()).toEqual(['conflict', 'fine']);
    }
    // Nor both of the last one's two, by whoever holds the machine.
    await prisma().person.update({ where: { id: b.id }, data: { state: 'deactivated' } });
    const [first, second] = [await keyOf(a.id), (await makePasskey(a.id)).row];
    const both = await Promise.all([first.id, second.id].map((id) => codeOf(revokePasskey(hostContext(), id))));
    expect([...both].sort()).toEqual(['conflict', 'fine']);
  });
});
