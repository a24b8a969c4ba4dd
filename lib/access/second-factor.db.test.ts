import { TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { authorise, beginPasskey, changePassword, changeSetting, checkSignIn, confirmTotp, createToken, enrolTotp, finishSignIn, listPeople, makeRecoveryCodes, registerPasskey, removePasskey, removeTotp, signIn } from '.';
import { relyingParty } from './step-up/relying-party';
import { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { asPerson, browserOf, clock, codeOf, consoleContext, makePasskey, makePerson, PASSWORD, recorded, useConsoleDatabase, withTotp } from './testing';

useConsoleDatabase();

const requireFrom = async (from: string) => changeSetting(asPerson(await makePerson(['admin'])), 'second_factor_from', from);
/** The actor of a sign-in as every request reads it anew. */
const held = async (signInId: string) => (await checkSignIn(consoleContext(), signInId)).actor;
const ctxOf = async (signInId: string) => consoleContextOf(await held(signInId));
const consoleContextOf = (actor: Awaited<ReturnType<typeof held>>) => ({ ...consoleContext(), actor });

describe('a second factor that is required', () => {
  it('is required of nobody on a fresh installation', async () => {
    const ada = await browserOf(await makePerson(['admin']));
    expect((await held(ada.signInId)).confined).toBeUndefined();
  });

  it('is set by administrators alone, to what exists, and holds at the next request of open sign-ins', async () => {
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(changeSetting(asPerson(await makePerson([role])), 'second_factor_from', 'nobody'))).toBe('forbidden');
    const admin = asPerson(await makePerson(['admin']));
    for (const bad of ['viewer', 'root', true, null, ['admin']]) expect(await codeOf(changeSetting(admin, 'second_factor_from', bad))).toBe('invalid');
    const [analyst, responder] = [await browserOf(await makePerson(['analyst'])), await browserOf(await makePerson(['responder']))];
    await changeSetting(admin, 'second_factor_from', 'responder');
    expect((await recorded('setting.changed')).at(-1)!.data).toEqual({ key: 'second_factor_from', from: 'nobody', to: 'responder' });
    expect((await held(analyst.signInId)).confined).toBeUndefined();
    expect((await held(responder.signInId)).confined).toBe('no_factor');
  });

  it('leaves stopping and setting one up; every other verb refuses, not only the page', async () => {
    await requireFrom('everybody');
    const { signInId } = await browserOf(await makePerson(['admin']));
    const ctx = await ctxOf(signInId);
    for (const verb of ['switch.read', 'switch.engage.session', 'switch.engage.wide', 'credential.manage'] as const) authorise(ctx, verb);
    expect(await codeOf(listPeople(ctx))).toBe('forbidden');
    expect(await codeOf(createToken(ctx, { name: 'way round', days: 1 } as never))).toBe('forbidden');
    expect(await codeOf(changeSetting(ctx, 'second_factor_from', 'nobody'))).toBe('forbidden');
    await expect(listPeople(ctx)).rejects.toThrow(/A second factor is required of you/);
  });

  it('is over for the sign-in that set a one-time password up, with its recovery codes; others show it by signing in again', async () => {
    await requireFrom('everybody');
    const time = clock(new Date());
    const person = await makePerson(['analyst']);
    const [mine, other] = [await browserOf(person), await browserOf(person)];
    const ctx = await ctxOf(mine.signInId);
    const { secret } = await enrolTotp(ctx, { proof: PASSWORD, issuer: 'C' });
    expect((await held(mine.signInId)).confined).toBe('no_factor');
    const code = (at = time.now()) => new TOTP({ secret }).generate({ timestamp: at.getTime() });
    expect((await confirmTotp(ctx, { code: code() })).codes).toHaveLength(10);
    expect((await held(mine.signInId)).confined).toBeUndefined();
    expect((await held(other.signInId)).confined).toBe('factor_unused');
    // By the password alone nothing about it is changed.
    const late = await ctxOf(other.signInId);
    const attempts: (() => Promise<unknown>)[] = [() => beginPasskey(late), () => makeRecoveryCodes(late, { proof: PASSWORD }), () => removeTotp(late, { proof: code() }), () => changePassword(late, { current: PASSWORD, password: 'another harbour lantern 8', signInId: other.signInId })];
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe('forbidden');
    time.forward(30_000);
    const asked = await signIn(consoleContext({ now: time.now }), { email: person.email, password: PASSWORD });
    const again = await finishSignIn(consoleContext({ now: time.now }), { step: (asked as { step: string }).step, code: code() });
    expect((await held(again.signInId)).confined).toBeUndefined();
  });

  it('is over for the sign-in that registered a passkey, and not for a password alone beside it', async () => {
    await requireFrom('analyst');
    const person = await makePerson(['analyst']);
    const mine = await browserOf(person);
    const ctx = await ctxOf(mine.signInId);
    const { challengeId, options } = await beginPasskey(ctx);
    await registerPasskey(ctx, { challengeId, name: 'Laptop', response: new SoftwareAuthenticator(relyingParty().origin).register(options) as never });
    expect((await held(mine.signInId)).confined).toBeUndefined();
    expect(await prisma().signIn.findUniqueOrThrow({ where: { id: mine.signInId } })).toMatchObject({ method: 'password_passkey' });
    const stranger = await browserOf(person);
    expect((await held(stranger.signInId)).confined).toBe('factor_unused');
    expect(await codeOf(beginPasskey(await ctxOf(stranger.signInId)))).toBe('forbidden');
  });

  it('is there for somebody who comes by the provider once they have one', async () => {
    await requireFrom('everybody');
    const person = await makePerson(['viewer'], { password: false });
    const id = newId();
    await prisma().signIn.create({ data: { id, personId: person.id, expiresAt: new Date(Date.now() + 3_600_000), method: 'oidc' } });
    expect((await held(id)).confined).toBe('no_factor');
    const { row } = await makePasskey(person.id);
    expect((await held(id)).confined).toBeUndefined();
    await prisma().passkey.update({ where: { id: row.id }, data: { revokedAt: new Date() } });
    expect((await held(id)).confined).toBe('no_factor');
  });

  it('stays the last one while it is required, and goes when it is not', async () => {
    await requireFrom('nobody');
    const time = clock(new Date());
    const person = await makePerson(['analyst']);
    const factor = await withTotp(person, time);
    const own = asPerson(person, { now: time.now });
    await requireFrom('analyst');
    expect(await codeOf(removeTotp(own, { proof: factor.codes[0]! }))).toBe('conflict');
    const { row } = await makePasskey(person.id);
    await removeTotp(own, { proof: factor.codes[0]! });
    await requireFrom('nobody');
    const browser = await browserOf(person);
    await requireFrom('analyst');
    expect(await codeOf(removePasskey(browser.ctx, { passkeyId: row.id }))).toBe('conflict');
    await requireFrom('nobody');
    await removePasskey(browser.ctx, { passkeyId: row.id });
    expect((await held(browser.signInId)).confined).toBeUndefined();
  });
});
