import type { Context } from '@/lib/context';
import { isUniqueViolation, type Tx } from '@/lib/db';
import { organisationEvent, write, type NewEvent, type Written } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { endSignIns, lockPerson, personActor } from './internal';
import { applyGroups, decide } from './oidc/apply-groups';
import type { OidcClaims } from './oidc/claims';
import { oidcFailure } from './oidc/failure';
import { findPerson, type Meant } from './oidc/find-person';
import { noteOidcRefusal, subjectHash, type OidcRefusal } from './oidc/note-refusal';
import { openSignIn, type OpenedSignIn } from './open-sign-in';
import { setRights } from './set-rights';
import { readSetting } from './settings';

type Outcome = { kind: 'in'; opened: OpenedSignIn } | { kind: 'out'; why: OidcRefusal };

/**
 * Opens a sign-in for whom the verified claims mean. Groups that a mapping knows set roles and teams at each sign-in; where they no longer
 * give a role, it is gone, and every other sign-in of the person with it. `unauthenticated` for whoever has no account that opens.
 */
export async function signInByOidc(ctx: Context, claims: OidcClaims, deviceToken?: string): Promise<OpenedSignIn> {
  const outcome = await enter(ctx, claims, deviceToken).catch((error: unknown) => {
    // Something came first: another browser of the same person, or an administrator. Once more, as things are now.
    if (isUniqueViolation(error) || error instanceof Overtaken) return enter(ctx, claims, deviceToken);
    throw error;
  });
  if (outcome.kind === 'in') return outcome.opened;
  await noteOidcRefusal(ctx, claims.email, outcome.why);
  throw outcome.why === 'unverified' ? oidcFailure('oidc_unverified', 'the address is not verified')
    : outcome.why === 'groups_unknown' ? oidcFailure('oidc_groups', `the groups claim is ${claims.groups.kind}`)
    : oidcFailure('oidc_no_account', `no account opens (${outcome.why})`);
}

async function enter(ctx: Context, claims: OidcClaims, deviceToken: string | undefined): Promise<Outcome> {
  const meant = await findPerson(claims);
  switch (meant.kind) {
    case 'known':
    case 'invited': {
      if (meant.person.state !== 'active') return { kind: 'out', why: 'deactivated' };
      const asPerson: Context = { ...ctx, actor: personActor(meant.person, 'console') };
      return write(asPerson, (tx) => enterAs(tx, asPerson, claims, meant, deviceToken));
    }
    case 'nobody': return provision(ctx, claims, meant.email, deviceToken);
    case 'theirs': return { kind: 'out', why: 'not_linked' };
    case 'unverified': return { kind: 'out', why: 'unverified' };
    case 'no_address': return { kind: 'out', why: 'no_person' };
  }
}

async function enterAs(tx: Tx, ctx: Context, claims: OidcClaims, meant: Extract<Meant, { kind: 'known' | 'invited' }>, deviceToken: string | undefined): Promise<Written<Outcome>> {
  const personId = meant.person.id;
  const applied = await applyGroups(tx, ctx, { id: personId, managed: meant.person.managedBy === claims.issuer }, claims);
  const locked = await lockPerson(tx, personId);
  const still = await findPerson(claims, tx);
  if (still.kind !== meant.kind || !('person' in still) || still.person.id !== personId || locked.state !== 'active') throw new Overtaken();
  if (applied.kind === 'unknown') return { view: { kind: 'out', why: 'groups_unknown' }, unchanged: true };

  const events: NewEvent[] = applied.kind === 'managed' ? [...applied.events] : [];
  if (applied.kind === 'managed') await tx.person.update({ where: { id: personId }, data: { managedBy: claims.issuer } });
  if (meant.kind === 'invited') {
    events.push(await keepIdentity(tx, ctx, personId, claims));
    // The invitation's link would be a second way into an account that has found its person.
    await tx.setupLink.updateMany({ where: { personId, usedAt: null }, data: { usedAt: ctx.now() } });
  }
  await tx.identity.update({
    where: { issuer_subject: { issuer: claims.issuer, subject: claims.subject } },
    data: { email: claims.email, lastUsedAt: ctx.now(), keptAdminAt: applied.kind === 'managed' && applied.keptAdministrator ? ctx.now() : null },
  });
  if (applied.kind === 'managed' && applied.shrunk) events.push(...await endSignIns(tx, ctx, personId, 'roles_removed'));
  if (locked.roles.length === 0) {
    // Nobody is let in. What was found to be gone is gone all the same.
    const [first, ...more] = events;
    return first ? { view: { kind: 'out', why: 'no_mapped_group' }, events: [first, ...more] } : { view: { kind: 'out', why: 'no_mapped_group' }, unchanged: true };
  }
  const opened = await openSignIn(tx, ctx, personId, { method: 'oidc', deviceToken });
  return { view: { kind: 'in', opened: opened.view }, events: [...opened.events, ...events] };
}

/** A person who is not here yet comes in by a group that gives a role, if an administrator lets the provider bring people in at all. */
async function provision(ctx: Context, claims: OidcClaims, email: string, deviceToken: string | undefined): Promise<Outcome> {
  const personId = newId();
  const name = claims.name ?? email;
  const asPerson: Context = { ...ctx, actor: personActor({ id: personId, name, email, roles: [] }, 'console') };
  return write<Outcome>(asPerson, async (tx) => {
    if (await readSetting('oidc_provision', tx) === 'never') return { view: { kind: 'out', why: 'no_person' }, unchanged: true };
    const decision = await decide(tx, true, claims);
    if (decision.kind !== 'managed') return { view: { kind: 'out', why: 'groups_unknown' }, unchanged: true };
    if (decision.rights.roles.length === 0) return { view: { kind: 'out', why: 'no_mapped_group' }, unchanged: true };
    await tx.person.create({ data: { id: personId, email, name, roles: [], managedBy: claims.issuer, createdAt: ctx.now() } });
    const rights = await setRights(tx, asPerson, personId, decision.rights, ctx.now());
    const linked = await keepIdentity(tx, asPerson, personId, claims);
    const opened = await openSignIn(tx, asPerson, personId, { method: 'oidc', deviceToken });
    return { view: { kind: 'in', opened: opened.view }, events: [organisationEvent('person.created', { personId, email, roles: decision.rights.roles }), ...rights, linked, ...opened.events] };
  });
}

async function keepIdentity(tx: Tx, ctx: Context, personId: string, claims: OidcClaims): Promise<NewEvent> {
  await tx.identity.create({ data: { id: newId(), personId, issuer: claims.issuer, subject: claims.subject, email: claims.email, createdAt: ctx.now(), lastUsedAt: ctx.now() } });
  return organisationEvent('person.identity_linked', { personId, issuer: claims.issuer, subjectHash: subjectHash(claims) });
}

/** Between the look and the lock the person was unlinked, deactivated, or let somebody in another way: what was begun is undone. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}
