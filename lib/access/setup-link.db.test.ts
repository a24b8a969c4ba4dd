import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { changePassword, checkSignIn, createPerson, ensureFirstAdministrator, makeSetupLink, readSetupLink, setPassword, signIn } from '.';
import { asPerson, clock, consoleContext, hostContext, makePerson, opened, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const tokenOf = (path: string) => path.replace('/set-password/', '');
const codeOf = (attempt: Promise<unknown>) => attempt.then(() => 'fine', (error: unknown) => (error instanceof DomainError ? error.code : `unexpected ${String(error)}`));

describe('the first administrator', () => {
  it('gets a link at each start until somebody has a password, and only the last one works', async () => {
    const time = clock();
    const ctx = () => hostContext({ now: time.now });
    const one = await ensureFirstAdministrator(ctx(), {});
    const two = await ensureFirstAdministrator(ctx(), {});
    if (one.kind !== 'link' || two.kind !== 'link') throw new Error('no link');
    expect(await readSetupLink(ctx(), tokenOf(one.link.path))).toEqual({ kind: 'used' });
    expect(await readSetupLink(ctx(), tokenOf(two.link.path))).toMatchObject({ kind: 'open', email: two.email });
    time.forward(15 * 60_000);
    expect(await readSetupLink(ctx(), tokenOf(two.link.path))).toEqual({ kind: 'expired' });
    expect(await codeOf(setPassword(consoleContext({ now: time.now }), { token: tokenOf(two.link.path), password: PASSWORD }))).toBe('conflict');

    const starts = await Promise.all([ensureFirstAdministrator(ctx(), {}), ensureFirstAdministrator(ctx(), {})]);
    const open = [];
    for (const start of starts) if (start.kind === 'link' && (await readSetupLink(ctx(), tokenOf(start.link.path))).kind === 'open') open.push(start);
    expect(open).toHaveLength(1);
    expect(await prisma().person.count()).toBe(1);

    await setPassword(consoleContext({ now: time.now }), { token: tokenOf(open[0]!.kind === 'link' ? open[0]!.link.path : ''), password: PASSWORD });
    expect(await ensureFirstAdministrator(ctx(), {})).toEqual({ kind: 'present' });
    expect((await opened(signIn(consoleContext({ now: time.now }), { email: two.email, password: PASSWORD }))).person.roles).toEqual(['admin']);
    expect(await recorded('person.created')).toHaveLength(1);
    // The token is in no row and no event.
    const everything = JSON.stringify([await prisma().setupLink.findMany(), await prisma().$queryRaw`SELECT body FROM log.event`]);
    expect(everything).not.toContain(tokenOf(two.link.path));
  });

  it('is made from the environment, once; a weak password is refused by name', async () => {
    await prisma().person.updateMany({ data: { state: 'deactivated' } });
    expect(await codeOf(ensureFirstAdministrator(hostContext(), { email: 'root@example.org', password: 'passwordpassword' }))).toBe('invalid');
    expect(await ensureFirstAdministrator(hostContext(), { email: 'Root@example.org', password: PASSWORD })).toEqual({ kind: 'password_set', email: 'root@example.org' });
    expect(await ensureFirstAdministrator(hostContext(), { email: 'root@example.org', password: 'another good password' })).toEqual({ kind: 'present' });
    await signIn(consoleContext(), { email: 'root@example.org', password: PASSWORD });
    expect(await codeOf(ensureFirstAdministrator(consoleContext(), {}))).toBe('forbidden');
  });
});

describe('a link to set a password', () => {
  it('works for one of two who use it at once', async () => {
    const { link, person } = await createPerson(hostContext(), { email: `race${Date.now()}@example.org`, name: 'Race', roles: ['viewer'] });
    const token = tokenOf(link.path);
    const passwords = ['the first of two people', 'the second of two people'];
    const outcomes = await Promise.all(passwords.map((password) => codeOf(setPassword(consoleContext(), { token, password }))));
    expect([...outcomes].sort()).toEqual(['conflict', 'fine']);
    const winner = passwords[outcomes.indexOf('fine')]!;
    await signIn(consoleContext(), { email: person.email, password: winner });
    expect(await readSetupLink(consoleContext(), token)).toEqual({ kind: 'used' });
    expect((await recorded('person.password_set')).filter((event) => event.data.personId === person.id)).toHaveLength(1);
  });

  it('ends every sign-in of its person, and takes no weak password', async () => {
    const person = await makePerson();
    const { signInId } = await opened(signIn(consoleContext(), { email: person.email, password: PASSWORD }));
    const token = tokenOf((await makeSetupLink(hostContext(), person.id)).path);
    for (const password of ['short', person.email, 'passwordpassword', 'password1234!!!!', 'aaaaaaaaaaaaaaaa']) expect(await codeOf(setPassword(consoleContext(), { token, password })), password).toBe('invalid');
    await checkSignIn(consoleContext(), signInId);
    await setPassword(consoleContext(), { token, password: 'quiet marble ferry 22' });
    expect(await codeOf(checkSignIn(consoleContext(), signInId))).toBe('unauthenticated');
    expect(await codeOf(signIn(consoleContext(), { email: person.email, password: PASSWORD }))).toBe('unauthenticated');
  });

  it('is refused when it is none, when its person is deactivated, and made by administrators alone', async () => {
    for (const token of ['', 'x', `${'a'.repeat(43)}\r\nSet-Cookie: a=b`, 'A'.repeat(43)]) {
      expect(await readSetupLink(consoleContext(), token)).toEqual({ kind: 'unknown' });
      expect(await codeOf(setPassword(consoleContext(), { token, password: PASSWORD }))).toBe('conflict');
    }
    const person = await makePerson();
    expect(await codeOf(makeSetupLink(asPerson(await makePerson(['author'])), person.id))).toBe('forbidden');
    const token = tokenOf((await makeSetupLink(hostContext(), person.id)).path);
    await prisma().person.update({ where: { id: person.id }, data: { state: 'deactivated' } });
    expect(await codeOf(setPassword(consoleContext(), { token, password: PASSWORD }))).toBe('conflict');
    expect(await codeOf(makeSetupLink(hostContext(), person.id))).toBe('conflict');
  });
});

describe('changing one’s own password', () => {
  it('takes the present one, keeps this browser and ends the others', async () => {
    const person = await makePerson();
    const here = await opened(signIn(consoleContext(), { email: person.email, password: PASSWORD }));
    const there = await opened(signIn(consoleContext(), { email: person.email, password: PASSWORD }));
    const change = (current: string) => changePassword(asPerson(person), { current, password: 'quiet marble ferry 22', signInId: here.signInId });
    expect(await codeOf(change('a wrong guess'))).toBe('invalid');
    await change(PASSWORD);
    await checkSignIn(consoleContext(), here.signInId);
    expect(await codeOf(checkSignIn(consoleContext(), there.signInId))).toBe('unauthenticated');
    for (let i = 0; i < 5; i++) await codeOf(change('a wrong guess'));
    expect(await codeOf(change('quiet marble ferry 22'))).toBe('rate_limited');
    expect(await codeOf(changePassword(asPerson(person, {}, { via: 'token' }), { current: PASSWORD, password: PASSWORD, signInId: here.signInId }))).toBe('forbidden');
  });
});
