import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { checkSignIn, deactivatePerson, revokeSignIn, signIn, signOut } from '.';
import { accountKey } from './attempts';
import { argon2id } from './passwords';
import { SIGN_IN_REFUSED } from './schema';
import { asPerson, clock, consoleContext, countingHasher, makePerson, opened, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const MINUTE = 60_000;
const refusal = async (attempt: Promise<unknown>): Promise<DomainError> => {
  const error = await attempt.then(() => undefined, (e: unknown) => e);
  expect(error).toBeInstanceOf(DomainError);
  return error as DomainError;
};

describe('signing in', () => {
  it('opens a sign-in that speaks for the person, whatever the case of the address', async () => {
    const person = await makePerson(['responder']);
    const mine = await opened(signIn(consoleContext({ ip: '192.0.2.1' }), { email: `  ${person.email.toUpperCase()} `, password: PASSWORD }));
    const { actor } = await checkSignIn(consoleContext(), mine.signInId);
    expect(actor).toMatchObject({ kind: 'person', id: person.id, roles: ['responder'], via: 'console' });
    const events = (await recorded('person.signed_in')).filter((event) => event.data.personId === person.id);
    expect(events).toMatchObject([{ actor: { kind: 'person', id: person.id }, data: { signInId: mine.signInId, ip: '192.0.2.1' } }]);
  });

  it('refuses a wrong password, an unknown address, a deactivated person and one without a password with one sentence and one check of a password each', async () => {
    const known = await makePerson();
    const gone = await makePerson(['analyst'], { state: 'deactivated' });
    const fresh = await makePerson(['analyst'], { password: false });
    const answers = [];
    for (const [email, password] of [[known.email, 'not the password'], ['nobody@example.org', PASSWORD], [gone.email, PASSWORD], [fresh.email, PASSWORD], ['not an address', PASSWORD]] as const) {
      const hasher = countingHasher();
      const error = await refusal(signIn(consoleContext(), { email, password }, hasher));
      expect(hasher.verified, email).toHaveLength(1);
      // The same settings, so the same work, also where there is nothing to compare with.
      expect(hasher.verified[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      answers.push({ code: error.code, message: error.message, data: error.data, retryAfterMs: error.retryAfterMs });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'unauthenticated', message: SIGN_IN_REFUSED });
  });

  it('checks the password exactly as it was typed: no case, no space, no character of it is changed or cut away', async () => {
    const start = ` Ünïcode  Pässphräse\t+%26;"<'\u0000 `;
    const chosen = `${start}${'x'.repeat(255 - start.length)} `;
    const person = await makePerson(['viewer']);
    await prisma().person.update({ where: { id: person.id }, data: { passwordHash: await argon2id.hash(chosen) } });
    const time = clock();
    const attempt = (password: string) => {
      // An hour later each time, so that none is refused for the one before.
      time.forward(61 * MINUTE);
      return signIn(consoleContext({ now: time.now }), { email: person.email, password }).then(() => 'opened', (error: DomainError) => error.code);
    };
    for (const other of [chosen.trim(), chosen.trimEnd(), chosen.slice(0, -1), chosen.toLowerCase(), chosen.toUpperCase(), chosen.replace('  ', ' '), chosen.replace('\u0000', ''), chosen.replace(/\u0000.*/, '')]) expect(await attempt(other)).toBe('unauthenticated');
    expect(await attempt(chosen)).toBe('opened');
    // The one thing that is evened out: two forms in which keyboards write the same character.
    expect(await attempt(chosen.normalize('NFD'))).toBe('opened');
  });

  it('refuses a text longer than any password with a sentence, without work and without counting it, for anybody alike', async () => {
    const person = await makePerson();
    const answers = [];
    for (const email of [person.email, 'nobody-at-all@example.org']) {
      const hasher = countingHasher();
      // What fits of it is the right password.
      const error = await refusal(signIn(consoleContext(), { email, password: PASSWORD.padEnd(257, ' ') }, hasher));
      expect(hasher.verified).toEqual([]);
      answers.push([error.code, error.message]);
    }
    expect(answers[0]).toEqual(['invalid', 'A password has at most 256 characters. This is longer, so nothing was tried.']);
    expect(answers[1]).toEqual(answers[0]);
    expect(await prisma().signInAttempt.count({ where: { key: accountKey(person.email) } })).toBe(0);
  });

  it('records a refusal without the address or the password that was typed', async () => {
    await refusal(signIn(consoleContext(), { email: 'typo@example.org', password: 'hunter2hunter2' }));
    await refusal(signIn(consoleContext(), { email: 'my actual password', password: 'x' }));
    const all = JSON.stringify(await recorded('person.sign_in_refused'));
    expect(all).not.toMatch(/typo@|hunter2|my actual password/);
    expect(all).toContain('"why":"wrong"');
    const keys = JSON.stringify(await prisma().signInAttempt.findMany());
    expect(keys).not.toMatch(/typo@|actual/);
  });

  it('locks an account after five failures, longer each time, with the same sentence and no work, and also for nobody', async () => {
    const time = clock();
    const known = await makePerson();
    for (const email of [known.email, 'ghost@example.org']) {
      const ctx = () => consoleContext({ now: time.now });
      for (let i = 0; i < 5; i++) await refusal(signIn(ctx(), { email, password: 'wrong wrong wrong' }));
      const hasher = countingHasher();
      const locked = await refusal(signIn(ctx(), { email, password: PASSWORD }, hasher));
      expect(locked.message).toBe(SIGN_IN_REFUSED);
      expect(hasher.verified).toHaveLength(0);
      await refusal(signIn(ctx(), { email, password: PASSWORD }));
      time.forward(16_000);
      await refusal(signIn(ctx(), { email, password: 'wrong wrong wrong' }));
      time.forward(16_000);
      expect((await refusal(signIn(ctx(), { email, password: PASSWORD }, hasher))).message).toBe(SIGN_IN_REFUSED);
      expect(hasher.verified).toHaveLength(0);
    }
    time.forward(16 * MINUTE);
    await signIn(consoleContext({ now: time.now }), { email: known.email, password: PASSWORD });
    // Success starts afresh.
    await refusal(signIn(consoleContext({ now: time.now }), { email: known.email, password: 'wrong wrong wrong' }));
    await signIn(consoleContext({ now: time.now }), { email: known.email, password: PASSWORD });
    // Two locks for each of the two addresses, each noted once however often it was run into.
    expect((await recorded('person.sign_in_refused')).filter((event) => event.data.why === 'locked')).toHaveLength(4);
  });

  it('counts guesses that come at once: of thirty, at most five are checked', async () => {
    const person = await makePerson();
    const hasher = countingHasher();
    const now = clock().now;
    await Promise.all(Array.from({ length: 30 }, (_, i) => refusal(signIn(consoleContext({ now }), { email: person.email, password: `guess number ${i}` }, hasher))));
    expect(hasher.verified.length).toBeGreaterThan(0);
    expect(hasher.verified.length).toBeLessThanOrEqual(5);
  });

  it('locks an address that tries many accounts, a network of version 6 as one', async () => {
    const now = clock().now;
    const victim = await makePerson();
    for (let i = 0; i < 20; i++) await refusal(signIn(consoleContext({ now, ip: `2001:db8:1:2::${i + 1}` }), { email: `user${i}@example.org`, password: 'spring spring spring' }));
    const hasher = countingHasher();
    await refusal(signIn(consoleContext({ now, ip: '2001:db8:1:2:ffff::9' }), { email: victim.email, password: PASSWORD }, hasher));
    expect(hasher.verified).toHaveLength(0);
    await signIn(consoleContext({ now, ip: '2001:db8:1:3::1' }), { email: victim.email, password: PASSWORD });
  });

  it('hashes again when the settings have grown', async () => {
    const person = await makePerson();
    await signIn(consoleContext(), { email: person.email, password: PASSWORD }, { ...argon2id, outdated: () => true });
    const after = await prisma().person.findUniqueOrThrow({ where: { id: person.id } });
    expect(after.passwordHash).not.toBe(person.passwordHash);
    expect(await argon2id.verify(after.passwordHash!, PASSWORD)).toBe(true);
  });
});

describe('a sign-in', () => {
  const open = async (time = clock(), roles: Parameters<typeof makePerson>[0] = ['analyst']) => {
    const person = await makePerson(roles);
    const { signInId } = await opened(signIn(consoleContext({ now: time.now }), { email: person.email, password: PASSWORD }));
    return { person, time, signInId };
  };

  it('ends by signing out, once on the record', async () => {
    const { person, signInId, time } = await open();
    await signOut(asPerson(person, { now: time.now }), signInId);
    await signOut(asPerson(person, { now: time.now }), signInId);
    expect((await refusal(checkSignIn(consoleContext({ now: time.now }), signInId))).code).toBe('unauthenticated');
    expect((await recorded('person.signed_out')).filter((event) => event.data.signInId === signInId)).toMatchObject([{ data: { why: 'self' } }]);
  });

  it('ends when revoked by its person or an administrator, and by nobody else', async () => {
    const one = await open();
    const stranger = await makePerson(['author']);
    expect((await refusal(revokeSignIn(asPerson(stranger), one.signInId))).code).toBe('forbidden');
    await checkSignIn(consoleContext({ now: one.time.now }), one.signInId);
    await revokeSignIn(asPerson(await makePerson(['admin'])), one.signInId);
    await refusal(checkSignIn(consoleContext({ now: one.time.now }), one.signInId));
    const two = await open();
    await revokeSignIn(asPerson(two.person), two.signInId);
    await refusal(checkSignIn(consoleContext({ now: two.time.now }), two.signInId));
  });

  it('cannot be ended by somebody else signing out with its id', async () => {
    const { signInId, time } = await open();
    await signOut(asPerson(await makePerson()), signInId);
    await checkSignIn(consoleContext({ now: time.now }), signInId);
  });

  it('ends after twelve idle hours, and after seven days however busy', async () => {
    const idle = await open();
    idle.time.forward(12 * 60 * MINUTE + 1);
    await refusal(checkSignIn(consoleContext({ now: idle.time.now }), idle.signInId));
    const busy = await open();
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) { busy.time.forward(6 * 60 * MINUTE); await checkSignIn(consoleContext({ now: busy.time.now }), busy.signInId); }
    busy.time.forward(6 * 60 * MINUTE);
    await refusal(checkSignIn(consoleContext({ now: busy.time.now }), busy.signInId));
  });

  it('is not kept alive by a tab that nobody touches', async () => {
    const { signInId, time } = await open();
    for (let hours = 0; hours < 12; hours++) { time.forward(60 * MINUTE); await checkSignIn(consoleContext({ now: time.now }), signInId, { touch: false }); }
    time.forward(1);
    await refusal(checkSignIn(consoleContext({ now: time.now }), signInId, { touch: false }));
  });

  it('speaks with the roles of now, and not at all for a deactivated person', async () => {
    const { person, signInId, time } = await open();
    await prisma().person.update({ where: { id: person.id }, data: { roles: ['viewer', 'made-up'] } });
    expect((await checkSignIn(consoleContext({ now: time.now }), signInId)).actor.roles).toEqual(['viewer']);
    await deactivatePerson(asPerson(await makePerson(['admin']), { now: time.now }), person.id);
    await refusal(checkSignIn(consoleContext({ now: time.now }), signInId));
  });

  it('is refused for anything that is no id', async () => {
    for (const id of ['', 'x', "' OR 1=1 --", '00000000-0000-0000-0000-000000000000']) await refusal(checkSignIn(consoleContext(), id));
  });
});
