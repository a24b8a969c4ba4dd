import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { prisma, transaction } from '@/lib/db';
import { archiveRole, changeRole, changeRoles, changeSetting, createPerson, createRole, createServiceAccount, createToken, deactivatePerson, deactivateServiceAccount, listRoles, loadActor, makeSetupLink, may, permissions, resetTotp, revokeSignIn, revokeToken, rightsFor, unlinkIdentity, verbs, withdrawSetupLink, type Verb } from '.';
import { newId } from '@/lib/protocol/ids';
import { lockPerson } from './internal';
import { beyondReach } from './reach';
import { asPerson, clock, codeOf, makePerson, recorded, untilWaiting, useConsoleDatabase } from './testing';

useConsoleDatabase();

const time = clock();
const admin = async () => asPerson(await makePerson(['admin']), { now: time.now });
const actorOf = async (id: string) => (await loadActor(id, 'console', time.now()))!;
/** A person with just these verbs by a role of their own, as the console would see them. */
async function holderOf(given: Verb[], by: Context): Promise<{ id: string; ctx: Context }> {
  const { name } = await createRole(by, { name: `r-${crypto.randomUUID().slice(0, 20)}`, verbs: given });
  const person = await makePerson(['viewer']);
  await changeRoles(by, { personId: person.id, roles: ['viewer', name] });
  return { id: person.id, ctx: makeContext(await actorOf(person.id), { now: time.now }) };
}

describe('a role of the organisation’s own', () => {
  it('gives its verbs and no other, until it is changed or archived', async () => {
    const ctx = await admin();
    const { id } = await holderOf(['approval.decide', 'log.export'], ctx);
    const actor = await actorOf(id);
    expect(verbs.filter((verb) => may(actor, verb) && !may({ ...actor, customRoles: [] }, verb))).toEqual(['approval.decide', 'log.export']);
    const name = actor.customRoles![0]!.name;
    await changeRole(ctx, { name, verbs: ['log.export'] });
    expect(may(await actorOf(id), 'approval.decide')).toBe(false);
    expect((await listRoles(ctx)).find((role) => role.name === name)).toMatchObject({ verbs: ['log.export'], holders: 1 });
    await archiveRole(ctx, name);
    expect((await actorOf(id)).customRoles).toBeUndefined();
    expect((await prisma().person.findUniqueOrThrow({ where: { id } })).roles).toEqual(['viewer']);
    for (const change of [changeRole, createRole]) expect(await codeOf(change(ctx, { name, verbs: ['log.export'] }))).toBe('conflict');
    expect(await codeOf(changeRoles(ctx, { personId: id, roles: [name] }))).toBe('invalid');
    expect((await recorded('role.changed')).at(-1)!.data).toEqual({ name, from: ['approval.decide', 'log.export'], to: ['log.export'] });
    expect((await recorded('role.archived')).at(-1)!.data).toEqual({ name });
  });

  it('never takes the name of a built-in one, an unknown verb, or none', async () => {
    const ctx = await admin();
    for (const bad of [{ name: 'admin', verbs: ['log.read'] }, { name: 'Reader', verbs: ['log.read'] }, { name: 'reader', verbs: [] }, { name: 'reader', verbs: ['everything'] }, { name: 'r\u00e9ader', verbs: ['log.read'] }]) expect(await codeOf(createRole(ctx, bad as never)), JSON.stringify(bad)).toBe('invalid');
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(createRole(asPerson(await makePerson([role])), { name: 'mine', verbs: ['session.read'] }))).toBe('forbidden');
  });

  it('never holds what its maker lacks, nor without the role admin what is an administrator’s', async () => {
    const { ctx } = await holderOf(['role.manage', 'person.manage', 'approval.decide'], await admin());
    expect(await codeOf(createRole(ctx, { name: 'fine', verbs: ['approval.decide', 'session.read'] }))).toBe('fine');
    expect(await codeOf(createRole(ctx, { name: 'too-much', verbs: ['switch.release'] }))).toBe('forbidden');
    expect(await codeOf(createRole(ctx, { name: 'as-i-am', verbs: ['person.manage'] }))).toBe('forbidden');
    await createRole(await admin(), { name: 'wide', verbs: ['switch.release', 'approval.decide'] });
    // Nor by changing or ending one that somebody else made.
    for (const attempt of [() => changeRole(ctx, { name: 'wide', verbs: ['approval.decide'] }), () => changeRole(ctx, { name: 'fine', verbs: ['switch.release'] }), () => archiveRole(ctx, 'wide')]) expect(await codeOf(attempt())).toBe('forbidden');
    // A token that is held to managing roles hands on no more than it may itself.
    const held = asPerson(await makePerson(['admin']), {}, { via: 'token', verbs: ['role.manage', 'log.read'] });
    expect(await codeOf(createRole(held, { name: 'by-token', verbs: ['switch.release'] }))).toBe('forbidden');
  });

  it('is no ladder to administration: who may manage people reaches only those who may do no more', async () => {
    const boss = await makePerson(['admin']);
    const { id, ctx } = await holderOf(['person.manage'], await admin());
    const viewer = await makePerson(['viewer']);
    const name = (await actorOf(id)).customRoles![0]!.name;
    const signIn = await prisma().signIn.create({ data: { id: newId(), personId: boss.id, expiresAt: new Date(Date.now() + 3_600_000) } });
    const identity = await prisma().identity.create({ data: { id: newId(), personId: boss.id, issuer: 'https://idp.example', subject: 'boss' } });
    const token = await createToken(asPerson(boss, { now: time.now }), { name: 'the boss’s' });
    for (const [what, attempt] of Object.entries({
      'becomes admin': () => changeRoles(ctx, { personId: id, roles: ['admin'] }),
      'raises itself': () => changeRoles(ctx, { personId: id, roles: ['responder', name] }),
      'raises another': () => changeRoles(ctx, { personId: viewer.id, roles: ['analyst'] }),
      'hands on what is an administrator’s': () => changeRoles(ctx, { personId: viewer.id, roles: ['viewer', name] }),
      'demotes an administrator': () => changeRoles(ctx, { personId: boss.id, roles: ['viewer'] }),
      'deactivates an administrator': () => deactivatePerson(ctx, boss.id),
      'takes an administrator’s account over': () => makeSetupLink(ctx, boss.id),
      'takes an administrator’s second step away': () => resetTotp(ctx, boss.id),
      'unlinks an administrator': () => unlinkIdentity(ctx, identity.id),
      'withdraws an administrator’s link': () => withdrawSetupLink(ctx, boss.id),
      'ends an administrator’s sign-in': () => revokeSignIn(ctx, signIn.id),
      'ends an administrator’s token': () => revokeToken(ctx, token.id),
      'invites an administrator': () => createPerson(ctx, { email: 'new-admin@example.org', name: 'N', roles: ['admin'] }),
    })) expect(await codeOf(attempt()), what).toBe('forbidden');
    expect(await codeOf(createPerson(ctx, { email: 'new-viewer@example.org', name: 'N', roles: ['viewer'] }))).toBe('fine');
    expect(await codeOf(resetTotp(ctx, viewer.id))).toBe('fine');
    expect((await prisma().person.findUniqueOrThrow({ where: { id: boss.id } })).roles).toEqual(['admin']);
  });

  it('for service accounts hands out no token of one that may do more, nor ends it', async () => {
    const { ctx } = await holderOf(['service_account.manage', 'setting.manage'], await admin());
    const strong = await createServiceAccount(await admin(), { name: 'strong', roles: ['author'] });
    expect(await codeOf(createToken(ctx, { name: 'mine', serviceAccountId: strong.id }))).toBe('forbidden');
    expect(await codeOf(deactivateServiceAccount(ctx, strong.id))).toBe('forbidden');
    expect(await prisma().apiToken.count({ where: { serviceAccountId: strong.id } })).toBe(0);
    // Keeping texts for less long destroys them, which is a right of its own.
    expect(await codeOf(changeSetting(ctx, 'retention', { args: 1, input: 1, output: 1, rationale: 1, plan: 1 }))).toBe('forbidden');
    expect(await codeOf(changeSetting(ctx, 'new_rights_wait_hours', 24))).toBe('fine');
  });

  it('that ends while its holder loses another role gives nothing back', async () => {
    const ctx = await admin();
    const { id } = await holderOf(['log.export'], ctx);
    const { name } = (await actorOf(id)).customRoles![0]!;
    await changeRoles(ctx, { personId: id, roles: ['responder', name] });
    let ending: Promise<void> | undefined;
    await transaction(async (tx) => {
      // Somebody takes the role away and has not committed yet; the end of the custom role waits for that, and then goes by it.
      await lockPerson(tx, id);
      ending = archiveRole(ctx, name);
      await untilWaiting();
      await tx.person.update({ where: { id }, data: { roles: ['viewer', name] } });
    });
    await ending;
    expect((await prisma().person.findUniqueOrThrow({ where: { id } })).roles).toEqual(['viewer']);
  });

  it('counts as newly given to its holders when it grows, and keeps its age when it shrinks', async () => {
    const ctx = await admin();
    const { id } = await holderOf(['log.export', 'approval.deny'], ctx);
    const name = (await actorOf(id)).customRoles![0]!.name;
    const asked = time.now();
    time.forward(48 * 3_600_000);
    await changeRole(ctx, { name, verbs: ['log.export'] });
    expect(rightsFor(await actorOf(id), asked, time.now()).customRoles).toHaveLength(1);
    await changeRole(ctx, { name, verbs: ['log.export', 'approval.decide'] });
    expect(rightsFor(await actorOf(id), asked, time.now())).toMatchObject({ roles: ['viewer'], customRoles: [] });
    time.forward(24 * 3_600_000);
    expect(rightsFor(await actorOf(id), asked, time.now()).customRoles).toHaveLength(1);
  });

  it('can be handed on only by whoever may do all of it, whatever the mix', () => {
    const set = fc.subarray(verbs);
    fc.assert(fc.property(set, set, (mine, wanted) => {
      const actor = { kind: 'person', id: 'p', name: 'P', email: 'p@example.org', via: 'console', roles: [], customRoles: [{ name: 'own', verbs: mine }] } as const;
      const beyond = beyondReach({ ...actor, roles: [] }, wanted);
      for (const verb of wanted) expect(beyond.includes(verb)).toBe(!mine.includes(verb) || permissions[verb] === 'admin');
      expect(beyondReach({ ...actor, roles: ['admin'] }, wanted)).toEqual([]);
    }));
  });
});
