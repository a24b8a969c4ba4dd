// Long because coming, groups and linking share one provider.
import { describe, expect, it } from 'vitest';
import type { Role } from '@/lib/context';
import { prisma, transaction } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { newId } from '@/lib/protocol/ids';
import { beginLink, beginProof, changeSetting, checkSignIn, createPerson, createTeam, deactivatePerson, linkIdentity, listIdentities, mapGroup, readSetupLink, readSingleSignOn, signIn, signInByOidc, unlinkIdentity, type OidcClaims } from '.';
import { lockPerson } from './internal';
import { MOST_GROUPS } from './oidc/claims';
import { oidcFailureOf } from './oidc/failure';
import type { CredentialAct } from './passkeys/schema';
import { asPerson, browserOf, clock, consoleContext, hostContext, makePasskey, makePerson, opened, PASSWORD, recorded, untilWaiting, useConsoleDatabase, withTotp } from './testing';

useConsoleDatabase();

/** Each test has an issuer of its own, so that no mapping is another's. */
const newIssuer = () => `https://${newId().slice(-12)}.example.org`;
const claimsOf = (issuer: string, over: Partial<Omit<OidcClaims, 'groups'>> & { groups?: string[] | OidcClaims['groups'] } = {}): OidcClaims => {
  const subject = over.subject ?? newId();
  const { groups = [], ...rest } = over;
  return { issuer, subject, email: `${subject.slice(-12)}@example.org`, emailVerified: true, name: 'Ada', ...rest, groups: Array.isArray(groups) ? { kind: 'listed', groups: new Set(groups) } : groups };
};
const giving = async (mapping: Record<string, { roles?: string[]; teams?: string[] }>) => {
  const issuer = newIssuer();
  for (const [group, { roles = [], teams = [] }] of Object.entries(mapping)) await mapGroup(hostContext(), issuer, { group, roles, teams });
  return issuer;
};
const wordOf = (attempt: Promise<unknown>) => attempt.then(() => 'in', (error: unknown) => oidcFailureOf(error)?.word ?? (error instanceof DomainError ? error.code : String(error)));
const rolesOf = async (personId: string) => (await prisma().person.findUniqueOrThrow({ where: { id: personId } })).roles;
const holds = (signInId: string) => checkSignIn(consoleContext(), signInId).then(() => true, () => false);
const eventsOf = async (type: string, personId: string) => (await recorded(type)).filter((event) => event.data.personId === personId);

describe('a person who comes by the provider for the first time', () => {
  it('is made by a group that gives a role, with what the groups give and since when', async () => {
    const team = `SOC ${newId().slice(-6)}`;
    await prisma().team.create({ data: { id: newId(), name: team } });
    const issuer = await giving({ soc: { roles: ['analyst'], teams: [team] }, oncall: { roles: ['responder'] } });
    const claims = claimsOf(issuer, { groups: ['soc', 'oncall', 'everyone'] });
    const { person, signInId } = await signInByOidc(consoleContext({ ip: '192.0.2.1' }), claims);
    expect(person).toMatchObject({ email: claims.email, roles: ['analyst', 'responder'], hasPassword: false });
    expect(await prisma().person.findUnique({ where: { id: person.id } })).toMatchObject({ managedBy: issuer });
    expect(await prisma().signIn.findUnique({ where: { id: signInId } })).toMatchObject({ method: 'oidc', ip: '192.0.2.1' });
    expect((await prisma().rightGrant.findMany({ where: { personId: person.id } })).map((row) => `${row.kind} ${row.name}`).sort()).toEqual(['role analyst', 'role responder', 'role viewer', `team ${team}`]);
    expect(await eventsOf('person.created', person.id)).toHaveLength(1);
    expect(await eventsOf('person.identity_linked', person.id)).toMatchObject([{ data: { issuer, subjectHash: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
    expect(await eventsOf('person.signed_in', person.id)).toMatchObject([{ data: { method: 'oidc' } }]);
    // The same person, by the same subject, whatever the address says then.
    expect((await signInByOidc(consoleContext(), { ...claims, email: 'other@example.org', emailVerified: false })).person.id).toBe(person.id);
  });

  it('is refused without one, without a verified address, and when nobody is to be brought in; the record says why', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] }, only: { teams: [] } });
    const refused = async (claims: OidcClaims) => [await wordOf(signInByOidc(consoleContext(), claims)), await prisma().person.count({ where: { email: claims.email ?? '' } })];
    expect(await refused(claimsOf(issuer, { groups: ['other'] }))).toEqual(['oidc_no_account', 0]);
    expect(await refused(claimsOf(issuer, { groups: ['soc'], emailVerified: false }))).toEqual(['oidc_unverified', 0]);
    expect(await refused(claimsOf(issuer, { groups: ['soc'], email: null }))).toEqual(['oidc_no_account', 0]);
    expect(await refused(claimsOf(issuer, { groups: { kind: 'elsewhere' } }))).toEqual(['oidc_groups', 0]);
    expect(await refused(claimsOf(issuer, { groups: { kind: 'unreadable' } }))).toEqual(['oidc_groups', 0]);
    const admin = asPerson(await makePerson(['admin']));
    await changeSetting(admin, 'oidc_provision', 'never');
    expect(await refused(claimsOf(issuer, { groups: ['soc'] }))).toEqual(['oidc_no_account', 0]);
    await changeSetting(admin, 'oidc_provision', 'mapped_only');
    const why = (await recorded('person.sign_in_refused')).map((event) => event.data.why);
    for (const one of ['no_mapped_group', 'unverified', 'no_person', 'groups_unknown']) expect(why).toContain(one);
  });

  it('takes up the invitation to their address, and its link is used up', async () => {
    const issuer = newIssuer();
    const claims = claimsOf(issuer);
    const made = await createPerson(hostContext(), { email: claims.email!, name: 'Grace', roles: ['author'] });
    const { person } = await signInByOidc(consoleContext(), claims);
    expect(person).toMatchObject({ id: made.person.id, roles: ['author'] });
    expect(await readSetupLink(consoleContext(), made.link.path.replace('/set-password/', ''))).toEqual({ kind: 'used' });
    expect(await prisma().person.findUnique({ where: { id: person.id } })).toMatchObject({ managedBy: null });
  });

  it('does not take over an account by its address: not with a password, not with another identity, not with a sign-in behind it', async () => {
    const issuer = await giving({ soc: { roles: ['admin'] } });
    const withPassword = await makePerson(['viewer']);
    expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { email: withPassword.email, groups: ['soc'] })))).toBe('oidc_no_account');
    expect(await rolesOf(withPassword.id)).toEqual(['viewer']);
    const linked = claimsOf(issuer, { groups: ['soc'] });
    await signInByOidc(consoleContext(), linked);
    expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { email: linked.email, groups: ['soc'] })))).toBe('oidc_no_account');
    const seen = await makePerson(['viewer'], { password: false });
    await prisma().signIn.create({ data: { id: newId(), personId: seen.id, expiresAt: new Date(), method: 'passkey' } });
    expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { email: seen.email })))).toBe('oidc_no_account');
    // The invitation of another issuer's person is no one's but theirs.
    const invited = await makePerson(['viewer'], { password: false });
    expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { email: invited.email, emailVerified: false })))).toBe('oidc_unverified');
    expect(await prisma().identity.count({ where: { personId: { in: [withPassword.id, seen.id, invited.id] } } })).toBe(0);
  });

  it('is one person, however many browsers come at once', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const claims = claimsOf(issuer, { groups: ['soc'] });
    const came = await Promise.all(Array.from({ length: 6 }, () => signInByOidc(consoleContext(), claims)));
    expect(new Set(came.map((one) => one.person.id)).size).toBe(1);
    expect(new Set(came.map((one) => one.signInId)).size).toBe(6);
    expect(await eventsOf('person.created', came[0]!.person.id)).toHaveLength(1);
  });

  it('reads the same to whoever is unknown, deactivated, not linked or without a group', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const said = (attempt: Promise<unknown>) => attempt.then(() => '', (error: unknown) => (error as Error).message);
    const gone = claimsOf(issuer, { groups: ['soc'] });
    const { person } = await signInByOidc(consoleContext(), gone);
    await deactivatePerson(hostContext(), person.id);
    const sentences = await Promise.all([gone, claimsOf(issuer), claimsOf(issuer, { email: (await makePerson(['viewer'])).email })].map((claims) => said(signInByOidc(consoleContext(), claims))));
    expect(new Set(sentences).size).toBe(1);
    expect(sentences[0]).toContain('no account that it opens now');
  });
});

describe('groups', () => {
  it('set roles and teams at each sign-in; what a group no longer gives is gone, and every other sign-in with it', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] }, authors: { roles: ['author'] } });
    const claims = claimsOf(issuer, { groups: ['soc', 'authors'] });
    const first = await signInByOidc(consoleContext(), claims);
    const second = await signInByOidc(consoleContext(), claims);
    expect([await holds(first.signInId), await holds(second.signInId)]).toEqual([true, true]);
    const third = await signInByOidc(consoleContext(), claimsOf(issuer, { ...claims, groups: ['soc'] }));
    expect(third.person.roles).toEqual(['analyst']);
    expect([await holds(first.signInId), await holds(second.signInId), await holds(third.signInId)]).toEqual([false, false, true]);
    expect((await eventsOf('person.signed_out', first.person.id)).map((event) => event.data.why)).toEqual(['roles_removed', 'roles_removed']);
    // More roles end nothing.
    const fourth = await signInByOidc(consoleContext(), claims);
    expect(fourth.person.roles).toEqual(['analyst', 'author']);
    expect(await holds(third.signInId)).toBe(true);
  });

  it('that give nothing any more leave nothing: no role, no sign-in, no way in', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const claims = claimsOf(issuer, { groups: ['soc'] });
    const first = await signInByOidc(consoleContext(), claims);
    expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { ...claims, groups: [] })))).toBe('oidc_no_account');
    expect(await rolesOf(first.person.id)).toEqual([]);
    expect(await holds(first.signInId)).toBe(false);
    expect((await eventsOf('person.roles_changed', first.person.id)).at(-1)).toMatchObject({ data: { from: ['analyst'], to: [] } });
    expect((await signInByOidc(consoleContext(), claims)).person.roles).toEqual(['analyst']);
  });

  it('that are not said keep a managed person out, and change nothing of theirs', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const claims = claimsOf(issuer, { groups: ['soc'] });
    const first = await signInByOidc(consoleContext(), claims);
    for (const groups of [{ kind: 'elsewhere' }, { kind: 'unreadable' }] as const) expect(await wordOf(signInByOidc(consoleContext(), claimsOf(issuer, { ...claims, groups })))).toBe('oidc_groups');
    expect(await rolesOf(first.person.id)).toEqual(['analyst']);
    expect(await holds(first.signInId)).toBe(true);
  });

  it('never take the last administrator who can sign in away; it is on the record and on the page', async () => {
    await prisma().person.updateMany({ data: { roles: ['viewer'] } });
    const issuer = await giving({ root: { roles: ['admin'] }, soc: { roles: ['analyst'] } });
    const claims = claimsOf(issuer, { groups: ['root'] });
    const { person } = await signInByOidc(consoleContext(), claims);
    // Invited and never here: no administrator who could set anything right.
    await makePerson(['admin'], { password: false });
    const kept = await signInByOidc(consoleContext(), claimsOf(issuer, { ...claims, groups: ['soc'] }));
    expect(await rolesOf(person.id)).toEqual(['analyst', 'admin']);
    expect(await holds(kept.signInId)).toBe(true);
    expect(await eventsOf('person.administrator_kept', person.id)).toHaveLength(1);
    expect((await readSingleSignOn(hostContext(), issuer)).lastSignIns).toMatchObject([{ personId: person.id, managed: true, keptAdminAt: expect.any(String) }]);
    await makePerson(['admin']);
    await signInByOidc(consoleContext(), claimsOf(issuer, { ...claims, groups: ['soc'] }));
    expect(await rolesOf(person.id)).toEqual(['analyst']);
    expect((await readSingleSignOn(hostContext(), issuer)).lastSignIns).toMatchObject([{ keptAdminAt: null }]);
  });

  it('of ten thousand, with hostile names among them, give what the mapping says and no more', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const groups = [...Array.from({ length: MOST_GROUPS - 5 }, (_, at) => `group ${at}`), 'soc', "'; DROP TABLE person; --", '__proto__', '<script>', 'admin'];
    const { person } = await signInByOidc(consoleContext(), claimsOf(issuer, { groups }));
    expect(person.roles).toEqual(['analyst']);
  });

  it('that lead to a team or role which is gone give the rest', async () => {
    const team = `Gone ${newId().slice(-6)}`;
    const { id } = await prisma().team.create({ data: { id: newId(), name: team } });
    const issuer = await giving({ soc: { roles: ['analyst'], teams: [team] } });
    await prisma().team.update({ where: { id }, data: { archivedAt: new Date() } });
    const { person } = await signInByOidc(consoleContext(), claimsOf(issuer, { groups: ['soc'] }));
    expect(person.roles).toEqual(['analyst']);
    expect((await readSingleSignOn(hostContext(), issuer)).mapping).toEqual([{ group: 'soc', roles: [{ name: 'analyst', gone: false }], teams: [{ name: team, gone: true }] }]);
  });

  it('are mapped by whoever manages the settings, each change on the record', async () => {
    const issuer = newIssuer();
    const admin = asPerson(await makePerson(['admin']));
    await mapGroup(admin, issuer, { group: 'soc', roles: ['responder', 'analyst'], teams: [] });
    await mapGroup(admin, issuer, { group: 'soc', roles: ['analyst', 'responder'], teams: [] });
    await mapGroup(admin, issuer, { group: 'soc', roles: [], teams: [] });
    expect((await recorded('group_mapping.changed')).filter((event) => event.data.issuer === issuer).map((event) => event.data)).toEqual([
      { issuer, from: [], to: [{ group: 'soc', kind: 'role', name: 'analyst' }, { group: 'soc', kind: 'role', name: 'responder' }] },
      { issuer, from: [{ group: 'soc', kind: 'role', name: 'analyst' }, { group: 'soc', kind: 'role', name: 'responder' }], to: [] },
    ]);
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as Role[]) expect(await wordOf(mapGroup(asPerson(await makePerson([role])), issuer, { group: 'x', roles: ['admin'], teams: [] }))).toBe('forbidden');
    // A role of one's own that may change settings gives no way to be an administrator.
    const keeper = asPerson(await makePerson(['viewer']), {}, { customRoles: [{ name: 'keeper', verbs: ['setting.manage'] }] });
    expect(await wordOf(mapGroup(keeper, issuer, { group: 'x', roles: ['admin'], teams: [] }))).toBe('forbidden');
    expect(await wordOf(mapGroup(keeper, issuer, { group: 'x', roles: ['viewer'], teams: [] }))).toBe('forbidden');
    // With people to manage as well it reaches as far as by hand: up to what they may do themselves, in giving and in taking.
    const manager = asPerson(await makePerson(['responder']), {}, { customRoles: [{ name: 'manager', verbs: ['setting.manage', 'person.manage'] }] });
    await mapGroup(manager, issuer, { group: 'reach', roles: ['analyst', 'responder'], teams: [] });
    for (const beyond of ['author', 'reviewer', 'admin']) expect(await wordOf(mapGroup(manager, issuer, { group: 'reach', roles: ['analyst', 'responder', beyond], teams: [] }))).toBe('forbidden');
    await mapGroup(admin, issuer, { group: 'reach', roles: ['admin', 'analyst'], teams: [] });
    expect(await wordOf(mapGroup(manager, issuer, { group: 'reach', roles: ['analyst'], teams: [] }))).toBe('forbidden');
    await mapGroup(manager, issuer, { group: 'reach', roles: ['admin'], teams: [] });
    const team = await createTeam(admin, { name: `On call ${issuer.slice(-8)}`, description: '' });
    expect(await wordOf(mapGroup(manager, issuer, { group: 'reach', roles: ['admin'], teams: [team.name] }))).toBe('forbidden');
    await mapGroup(admin, issuer, { group: 'reach', roles: [], teams: [] });
    for (const bad of [{ group: '', roles: [], teams: [] }, { group: 'a\nb', roles: ['viewer'], teams: [] }, { group: 'x', roles: ['root'], teams: [] }, { group: 'x', roles: [], teams: ['nobody'] }]) expect(await wordOf(mapGroup(admin, issuer, bad)), JSON.stringify(bad)).toBe('invalid');
    expect(await prisma().groupMapping.count({ where: { issuer } })).toBe(0);
  });

  it('are mapped by one of two at a time', async () => {
    const issuer = newIssuer();
    await Promise.all(['viewer', 'analyst', 'responder'].map((role) => mapGroup(hostContext(), issuer, { group: 'soc', roles: [role], teams: [] })));
    expect(await prisma().groupMapping.count({ where: { issuer, group: 'soc' } })).toBe(1);
  });
});

/** Somebody in a browser, who links what the provider calls them with a proof of that moment. */
async function linkAs(row: Awaited<ReturnType<typeof makePerson>>, claims: OidcClaims) {
  const { ctx } = await browserOf(row);
  const { permit } = await beginLink(ctx, { proof: { kind: 'secret', secret: PASSWORD } });
  await linkIdentity(ctx, claims, permit);
}

describe('linking', () => {
  it('is for whoever is signed in here and there; from then on the provider opens their account', async () => {
    const issuer = newIssuer();
    const ada = await makePerson(['responder']);
    const claims = claimsOf(issuer, { email: 'elsewhere@example.net', emailVerified: false });
    await linkAs(ada, claims);
    await linkAs(ada, claims);
    expect(await eventsOf('person.identity_linked', ada.id)).toHaveLength(1);
    expect((await signInByOidc(consoleContext(), claims)).person).toMatchObject({ id: ada.id, roles: ['responder'] });
    expect(await listIdentities(asPerson(ada))).toMatchObject([{ issuer, email: 'elsewhere@example.net', manages: false }]);
    // The password goes on opening it.
    expect((await opened(signIn(consoleContext(), { email: ada.email, password: PASSWORD }))).person.id).toBe(ada.id);
  });

  it('is refused for an identity of somebody else, for a second one, by a token and by nobody', async () => {
    const issuer = newIssuer();
    const [ada, mallory] = [await makePerson(['viewer']), await makePerson(['viewer'])];
    const claims = claimsOf(issuer);
    await linkAs(ada, claims);
    expect(await wordOf(linkAs(mallory, claims))).toBe('conflict');
    expect(await wordOf(linkAs(ada, claimsOf(issuer)))).toBe('conflict');
    expect(await wordOf(linkIdentity(asPerson(mallory, {}, { via: 'token' }), claimsOf(issuer), 'A'.repeat(43)))).toBe('forbidden');
    expect(await wordOf(linkIdentity(consoleContext(), claimsOf(issuer), 'A'.repeat(43)))).toBe('forbidden');
    const races = await Promise.all([ada, mallory].map(async () => wordOf(linkAs(await makePerson(['viewer']), claimsOf(issuer, { subject: 'one and the same' })))));
    expect(races.filter((word) => word === 'in')).toHaveLength(1);
  });

  it('takes a proof of that moment, for that sign-in and once', async () => {
    const issuer = newIssuer();
    const [ada, mallory] = [await makePerson(['viewer']), await makePerson(['viewer'])];
    const [mine, other, theirs] = [await browserOf(ada), await browserOf(ada), await browserOf(mallory)];
    // A sign-in of a moment ago is not enough where there is a password, and a wrong one is none.
    expect(await wordOf(beginLink(mine.ctx))).toBe('step_up_required');
    expect(await wordOf(beginLink(mine.ctx, { proof: { kind: 'secret', secret: 'not the password' } }))).toBe('invalid');
    for (const made of ['', 'x', 'A'.repeat(43)]) expect(await wordOf(linkIdentity(mine.ctx, claimsOf(issuer), made))).toBe('forbidden');
    const { permit } = await beginLink(mine.ctx, { proof: { kind: 'secret', secret: PASSWORD } });
    expect(JSON.stringify(await prisma().passkeyChallenge.findMany({ where: { personId: ada.id } }))).not.toContain(permit);
    expect(await wordOf(linkIdentity(other.ctx, claimsOf(issuer), permit))).toBe('forbidden');
    expect(await wordOf(linkIdentity(theirs.ctx, claimsOf(issuer), permit))).toBe('forbidden');
    expect(await eventsOf('person.identity_linked', ada.id)).toHaveLength(0);
    const claims = claimsOf(issuer);
    const both = await Promise.all([wordOf(linkIdentity(mine.ctx, claims, permit)), wordOf(linkIdentity(mine.ctx, claims, permit))]);
    expect(both.sort()).toEqual(['forbidden', 'in']);
    expect(await eventsOf('person.identity_linked', ada.id)).toHaveLength(1);
    // Too late by the database's clock.
    const again = await beginLink(theirs.ctx, { proof: { kind: 'secret', secret: PASSWORD } });
    await prisma().passkeyChallenge.updateMany({ where: { personId: mallory.id, purpose: 'link_identity' }, data: { expiresAt: new Date(0) } });
    expect(await wordOf(linkIdentity(theirs.ctx, claimsOf(issuer), again.permit))).toBe('forbidden');
  });

  it('takes a code where there is a second step, and a passkey over this very act', async () => {
    const issuer = newIssuer();
    const ada = await makePerson(['viewer']);
    const { ctx } = await browserOf(ada);
    const time = clock(new Date());
    const factor = await withTotp(ada, time);
    expect(await wordOf(beginLink(ctx, { proof: { kind: 'secret', secret: PASSWORD } }))).toBe('forbidden');
    expect((await beginLink(ctx, { proof: { kind: 'secret', secret: factor.codes[0]! } })).permit).toHaveLength(43);
    const { authenticator } = await makePasskey(ada.id);
    const sign = async (act: CredentialAct) => {
      const challenge = await beginProof(ctx, act);
      return { kind: 'passkey' as const, challengeId: challenge.challengeId, response: authenticator.authenticate(challenge.options) };
    };
    expect(await wordOf(beginLink(ctx, { proof: await sign({ kind: 'add_passkey' }) }))).toBe('step_up_required');
    const { permit } = await beginLink(ctx, { proof: await sign({ kind: 'link_identity' }) });
    await linkIdentity(ctx, claimsOf(issuer), permit);
    expect(await eventsOf('person.identity_linked', ada.id)).toHaveLength(1);
  });

  it('ends by its person, unless groups give their roles or it is their only way in; then by an administrator', async () => {
    const issuer = await giving({ soc: { roles: ['analyst'] } });
    const ada = await makePerson(['viewer']);
    await linkAs(ada, claimsOf(issuer));
    const [own] = await listIdentities(asPerson(ada));
    const mallory = asPerson(await makePerson(['responder']));
    expect(await wordOf(unlinkIdentity(mallory, own!.id))).toBe('forbidden');
    await unlinkIdentity(asPerson(ada), own!.id);
    expect(await eventsOf('person.identity_unlinked', ada.id)).toHaveLength(1);

    const claims = claimsOf(issuer, { groups: ['soc'] });
    const came = await signInByOidc(consoleContext(), claims);
    const row = await prisma().person.findUniqueOrThrow({ where: { id: came.person.id } });
    const [theirs] = await listIdentities(hostContext(), row.id);
    expect(await wordOf(unlinkIdentity(asPerson(row), theirs!.id))).toBe('conflict');
    await unlinkIdentity(hostContext(), theirs!.id);
    expect(await prisma().person.findUnique({ where: { id: row.id } })).toMatchObject({ managedBy: null, roles: ['analyst'] });
    expect(await holds(came.signInId)).toBe(false);
    // Whoever has been here is not let in by their address again.
    expect(await wordOf(signInByOidc(consoleContext(), claims))).toBe('oidc_no_account');
  });

  it('is their only way in also when the other one is being taken at that moment', async () => {
    const ada = await makePerson(['viewer'], { password: false });
    const { row } = await makePasskey(ada.id);
    const identity = await prisma().identity.create({ data: { id: newId(), personId: ada.id, issuer: newIssuer(), subject: 'ada' } });
    let unlinking: Promise<string> | undefined;
    await transaction(async (tx) => {
      await lockPerson(tx, ada.id);
      unlinking = wordOf(unlinkIdentity(asPerson(ada), identity.id));
      await untilWaiting();
      await tx.passkey.update({ where: { id: row.id }, data: { revokedAt: new Date() } });
    });
    expect(await unlinking).toBe('conflict');
    expect(await prisma().identity.count({ where: { id: identity.id } })).toBe(1);
  });

  it('does not outlive a deactivation', async () => {
    const issuer = newIssuer();
    const ada = await makePerson(['viewer']);
    const claims = claimsOf(issuer);
    await linkAs(ada, claims);
    const { ctx } = await browserOf(ada);
    const { permit } = await beginLink(ctx, { proof: { kind: 'secret', secret: PASSWORD } });
    await deactivatePerson(hostContext(), ada.id);
    expect(await wordOf(signInByOidc(consoleContext(), claims))).toBe('oidc_no_account');
    expect(await wordOf(linkIdentity(ctx, claimsOf(issuer), permit))).toBe('forbidden');
  });
});
