import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { changeServiceAccount, checkToken, createServiceAccount, createToken, deactivateServiceAccount, listAllTokens, listServiceAccounts, may, revokeToken, verbs } from '.';
import { personsOnly } from './permissions';
import { asPerson, codeOf, consoleContext, hostContext, makePerson, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const admin = async () => asPerson(await makePerson(['admin']));

describe('a service account', () => {
  it('acts by its token within its roles, and never as a person, even as an administrator', async () => {
    const ctx = await admin();
    const { id } = await createServiceAccount(ctx, { name: 'exporter', roles: ['admin'] });
    const { token } = await createToken(ctx, { name: 'nightly', serviceAccountId: id, expiresInDays: 30 });
    const actor = await checkToken(consoleContext(), token);
    expect(actor).toMatchObject({ kind: 'service_account', id, name: 'exporter', roles: ['admin'] });
    for (const verb of ['approval.decide', 'switch.release', 'policy.review', 'person.manage', 'team.manage', 'role.manage', 'service_account.manage', 'setting.manage', 'token.create', 'key.rotate', 'payload.reveal'] as const) {
      expect(personsOnly.has(verb)).toBe(true);
      expect(may(actor, verb), verb).toBe(false);
    }
    for (const verb of verbs.filter((one) => !personsOnly.has(one))) expect(may(actor, verb), verb).toBe(true);
    const asItself = { ...ctx, actor };
    for (const attempt of [() => createServiceAccount(asItself, { name: 'child', roles: ['viewer'] }), () => createToken(asItself, { name: 'more', serviceAccountId: id }), () => changeServiceAccount(asItself, { serviceAccountId: id, roles: ['viewer'] })]) expect(await codeOf(attempt())).toBe('forbidden');
    expect((await recorded('token.created')).at(-1)!.data).toMatchObject({ personId: null, serviceAccountId: id });
  });

  it('gets other roles at its next request, and ends with all its tokens', async () => {
    const ctx = await admin();
    const { id } = await createServiceAccount(ctx, { name: 'publisher', roles: ['author'] });
    const tokens = [await createToken(ctx, { name: 'a', serviceAccountId: id }), await createToken(ctx, { name: 'b', serviceAccountId: id })];
    await changeServiceAccount(ctx, { serviceAccountId: id, roles: ['viewer'], description: 'reads' });
    expect(may(await checkToken(consoleContext(), tokens[0]!.token), 'policy.publish')).toBe(false);
    expect((await listServiceAccounts(ctx)).find((one) => one.id === id)!.tokens.map((token) => token.name)).toEqual(['b', 'a']);
    await deactivateServiceAccount(ctx, id);
    await deactivateServiceAccount(ctx, id);
    for (const { token } of tokens) expect(await codeOf(checkToken(consoleContext(), token))).toBe('unauthenticated');
    expect(await codeOf(createToken(ctx, { name: 'c', serviceAccountId: id }))).toBe('conflict');
    expect((await recorded('token.revoked')).filter((event) => event.data.serviceAccountId === id)).toHaveLength(2);
    expect((await recorded('service_account.deactivated')).filter((event) => event.data.serviceAccountId === id)).toHaveLength(1);
  });

  it('that ends while a token is made leaves none behind', async () => {
    const ctx = await admin();
    const { id } = await createServiceAccount(ctx, { name: 'racer', roles: ['viewer'] });
    await Promise.all([codeOf(createToken(ctx, { name: 'late', serviceAccountId: id })), deactivateServiceAccount(ctx, id)]);
    expect(await prisma().apiToken.count({ where: { serviceAccountId: id, revokedAt: null } })).toBe(0);
  });

  it('is managed by administrators alone', async () => {
    const { id } = await createServiceAccount(hostContext(), { name: 'guarded', roles: ['viewer'] });
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) {
      const ctx = asPerson(await makePerson([role]));
      for (const attempt of [() => createServiceAccount(ctx, { name: 'x', roles: ['viewer'] }), () => changeServiceAccount(ctx, { serviceAccountId: id, roles: ['admin'] }), () => createToken(ctx, { name: 'x', serviceAccountId: id }), () => deactivateServiceAccount(ctx, id), () => listServiceAccounts(ctx), () => listAllTokens(ctx)]) expect(await codeOf(attempt())).toBe('forbidden');
    }
    expect(await codeOf(createServiceAccount(await admin(), { name: 'guarded', roles: ['viewer'] }))).toBe('conflict');
  });
});

describe('a token that is held', () => {
  it('to verbs does these and no other, whoever it speaks for', async () => {
    const person = await makePerson(['admin']);
    const { token, id } = await createToken(asPerson(person), { name: 'held', verbs: ['log.read', 'session.read'] });
    const actor = await checkToken(consoleContext(), token);
    expect(verbs.filter((verb) => may(actor, verb))).toEqual(['session.read', 'log.read']);
    const analyst = await checkToken(consoleContext(), (await createToken(asPerson(await makePerson(['analyst'])), { name: 'wish', verbs: ['switch.release', 'log.read'] })).token);
    expect(verbs.filter((verb) => may(analyst, verb))).toEqual(['log.read']);
    expect((await recorded('token.created')).filter((event) => event.data.tokenId === id)).toMatchObject([{ data: { verbs: ['session.read', 'log.read'] } }]);
  });

  it('to a limit and verbs does what both leave', async () => {
    const { token } = await createToken(asPerson(await makePerson(['admin'])), { name: 'both', limit: 'deny_and_stop', verbs: ['approval.deny', 'switch.release'] });
    const actor = await checkToken(consoleContext(), token);
    expect(verbs.filter((verb) => may(actor, verb))).toEqual(['approval.deny']);
  });

  it('to environments is refused in any other, with a sentence', async () => {
    const { token } = await createToken(asPerson(await makePerson()), { name: 'staging', environments: ['staging', 'test'] });
    expect(await checkToken(consoleContext(), token, 'staging')).toMatchObject({ environments: ['staging', 'test'] });
    await expect(checkToken(consoleContext(), token, 'production')).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('held to staging, test, and this is production') as string });
    for (const bad of [{ environments: [] }, { environments: ['a b'] }, { verbs: [] }, { verbs: ['nothing'] }, { expiresInDays: 0 }, { expiresInDays: 366 }]) expect(await codeOf(createToken(asPerson(await makePerson()), { name: 'bad', ...bad } as never)), JSON.stringify(bad)).toBe('invalid');
  });

  it('and revoked, expired or forged tells a stranger nothing else', async () => {
    const ctx = await admin();
    const { id } = await createServiceAccount(ctx, { name: 'leaky', roles: ['viewer'] });
    const made = await createToken(ctx, { name: 'leaked', serviceAccountId: id, environments: ['elsewhere'] });
    await revokeToken({ ...ctx, actor: await checkToken(consoleContext(), made.token, 'elsewhere') }, made.id);
    await expect(checkToken(consoleContext(), made.token)).rejects.toMatchObject({ code: 'unauthenticated' });
    const forged = made.token.replace(/.{6}$/, 'AAAAAA');
    await expect(checkToken(consoleContext(), forged)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
