import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { activatePerson, changeRoles, checkSignIn, checkToken, createPerson, createToken, deactivatePerson, listPeople, listSignIns, listTokens, signIn } from '.';
import { asPerson, consoleContext, hostContext, makePerson, opened, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const codeOf = (attempt: Promise<unknown>) => attempt.then(() => 'fine', (error: unknown) => (error instanceof DomainError ? error.code : `unexpected ${String(error)}`));

describe('people', () => {
  it('are made by administrators, once an address', async () => {
    const admin = asPerson(await makePerson(['admin']));
    const made = await createPerson(admin, { email: 'Grace@Example.org', name: 'Grace', roles: ['responder', 'analyst', 'analyst'] });
    expect(made.person).toMatchObject({ email: 'grace@example.org', roles: ['analyst', 'responder'], hasPassword: false });
    expect(await codeOf(createPerson(admin, { email: 'grace@example.ORG', name: 'Other', roles: ['viewer'] }))).toBe('conflict');
    for (const role of ['viewer', 'analyst', 'responder', 'author'] as const) expect(await codeOf(createPerson(asPerson(await makePerson([role])), { email: `${role}@example.org`, name: 'N', roles: ['admin'] }))).toBe('forbidden');
    for (const bad of [{ email: 'no', name: 'N', roles: ['viewer'] }, { email: 'a@b.org', name: '', roles: ['viewer'] }, { email: 'a@b.org', name: 'N', roles: [] }, { email: 'a@b.org', name: 'N', roles: ['root'] }, { email: 'a@b.org\r\nBcc: x@y.z', name: 'N', roles: ['viewer'] }]) {
      expect(await codeOf(createPerson(admin, bad as never)), JSON.stringify(bad)).toBe('invalid');
    }
    expect((await recorded('person.created')).filter((event) => event.data.email === 'grace@example.org')).toHaveLength(1);
  });

  it('get other roles, on the record with both', async () => {
    const admin = asPerson(await makePerson(['admin']));
    const person = await makePerson(['viewer']);
    await changeRoles(admin, { personId: person.id, roles: ['author'] });
    await changeRoles(admin, { personId: person.id, roles: ['author'] });
    expect((await recorded('person.roles_changed')).filter((event) => event.data.personId === person.id)).toMatchObject([{ data: { from: ['viewer'], to: ['author'] } }]);
    expect(await codeOf(changeRoles(asPerson(person), { personId: person.id, roles: ['admin'] }))).toBe('forbidden');
  });

  it('lose everything at once when deactivated, and come back without it', async () => {
    const admin = asPerson(await makePerson(['admin']));
    const person = await makePerson(['analyst']);
    const { signInId } = await opened(signIn(consoleContext(), { email: person.email, password: PASSWORD }));
    const { token } = await createToken(asPerson(person), { name: 'script' });
    await checkToken(consoleContext(), token);
    await deactivatePerson(admin, person.id);
    expect(await codeOf(checkSignIn(consoleContext(), signInId))).toBe('unauthenticated');
    expect(await codeOf(checkToken(consoleContext(), token))).toBe('unauthenticated');
    expect(await codeOf(signIn(consoleContext(), { email: person.email, password: PASSWORD }))).toBe('unauthenticated');
    expect((await recorded('person.signed_out')).filter((event) => event.data.signInId === signInId)).toMatchObject([{ data: { why: 'deactivated' } }]);
    await activatePerson(admin, person.id);
    expect(await codeOf(checkSignIn(consoleContext(), signInId))).toBe('unauthenticated');
    expect(await codeOf(checkToken(consoleContext(), token))).toBe('unauthenticated');
    await signIn(consoleContext(), { email: person.email, password: PASSWORD });
  });

  it('keep one administrator, also when two remove each other at once', async () => {
    await prisma().person.updateMany({ data: { state: 'deactivated' } });
    const a = await makePerson(['admin']);
    expect(await codeOf(deactivatePerson(hostContext(), a.id))).toBe('conflict');
    expect(await codeOf(changeRoles(asPerson(a), { personId: a.id, roles: ['viewer'] }))).toBe('conflict');
    const b = await makePerson(['admin']);
    for (let round = 0; round < 5; round++) {
      await prisma().person.updateMany({ where: { id: { in: [a.id, b.id] } }, data: { state: 'active', roles: ['admin'] } });
      const outcomes = await Promise.all([codeOf(deactivatePerson(asPerson(a), b.id)), codeOf(changeRoles(asPerson(b), { personId: a.id, roles: ['viewer'] }))]);
      expect([...outcomes].sort()).toEqual(['conflict', 'fine']);
    }
    const viewer = await makePerson(['viewer']);
    await deactivatePerson(hostContext(), viewer.id);
  });

  it('see their own sign-ins and tokens, administrators everybody’s', async () => {
    const admin = await makePerson(['admin']);
    const person = await makePerson(['analyst']);
    await signIn(consoleContext({ userAgent: 'Firefox' }), { email: person.email, password: PASSWORD });
    const { token } = await createToken(asPerson(person), { name: 'script', limit: 'read_only' });
    expect(await listSignIns(asPerson(person))).toMatchObject([{ userAgent: 'Firefox' }]);
    const tokens = await listTokens(asPerson(admin), person.id);
    expect(tokens).toMatchObject([{ name: 'script', limit: 'read_only' }]);
    expect(JSON.stringify(tokens)).not.toContain(token.slice(12, 40));
    expect(await codeOf(listTokens(asPerson(person), admin.id))).toBe('forbidden');
    expect(await codeOf(listSignIns(asPerson(person), admin.id))).toBe('forbidden');
    expect(JSON.stringify(await listPeople(asPerson(person)))).not.toContain('argon2');
  });
});
