import type { Context } from '@/lib/context';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { mayLink, takePermit } from './begin-link';
import { countWaysIn, endSignIns, lockAdministrators, lockPerson, requireAnotherAdministrator } from './internal';
import type { OidcClaims } from './oidc/claims';
import { subjectHash } from './oidc/note-refusal';
import { requireReach } from './reach';
import { personIdSchema } from './schema';

/** Links what the provider calls somebody to whoever is signed in here, has shown that it is them (`beginLink` gave the permit) and has just signed in there. Addresses play no part in it. */
export async function linkIdentity(ctx: Context, claims: OidcClaims, permit: string): Promise<void> {
  const owner = mayLink(ctx);
  const personId = owner.id;
  await write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    if (person.state !== 'active') throw forbidden('This account is deactivated.');
    await takePermit(tx, owner, permit);
    const there = await tx.identity.findMany({ where: { issuer: claims.issuer, OR: [{ subject: claims.subject }, { personId }] } });
    if (there.some((one) => one.personId === personId && one.subject === claims.subject)) return { view: undefined, unchanged: true };
    if (there.some((one) => one.subject === claims.subject)) throw conflict('That account there is linked to somebody else here. Nothing was changed.');
    if (there.length > 0) throw conflict('Another account there is linked to you already. Unlink it first.');
    await tx.identity.create({ data: { id: newId(), personId, issuer: claims.issuer, subject: claims.subject, email: claims.email, createdAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('person.identity_linked', { personId, issuer: claims.issuer, subjectHash: subjectHash(claims) })] };
  });
}

/**
 * Takes a link away: one's own, or anybody's for an administrator. Roles and teams stay as they are and are given by hand from then on, so
 * somebody whose groups give them cannot do it themselves: they would keep what the groups take away.
 */
export async function unlinkIdentity(ctx: Context, id: string): Promise<void> {
  const identityId = parseInput(personIdSchema, id);
  await write(ctx, async (tx) => {
    const found = await tx.identity.findUnique({ where: { id: identityId } });
    const own = ctx.actor.kind === 'person' && ctx.actor.via === 'console' && found?.personId === ctx.actor.id;
    authorise(ctx, own ? 'credential.manage' : 'person.manage');
    if (!found) throw notFound('There is no such link.');
    const { personId } = found;
    const administrators = await lockAdministrators(tx);
    const held = await lockPerson(tx, personId);
    if (!own) await requireReach(tx, ctx.actor, held.roles);
    if ((await tx.identity.count({ where: { id: identityId } })) === 0) return { view: undefined, unchanged: true };
    // Counted under the lock: of two who take the last two ways in, one sees that the other is gone.
    const onlyWay = (await countWaysIn(tx, held)) === 1;
    if (onlyWay) await requireAnotherAdministrator(tx, personId, administrators);
    const person = await tx.person.findUniqueOrThrow({ where: { id: personId }, select: { managedBy: true } });
    if (own && person.managedBy === found.issuer) throw conflict('Your roles and teams follow your groups there. An administrator can unlink you, and gives them by hand from then on.');
    if (own && onlyWay) throw conflict('This is the only way you sign in. Set a password or add a passkey first.');
    await tx.identity.delete({ where: { id: identityId } });
    if (person.managedBy === found.issuer) await tx.person.update({ where: { id: personId }, data: { managedBy: null } });
    // Where somebody came in by a link that is gone, they have come in by nothing.
    const ended = own ? [] : await endSignIns(tx, ctx, personId, 'revoked');
    return { view: undefined, events: [organisationEvent('person.identity_unlinked', { personId, issuer: found.issuer, subjectHash: subjectHash(found) }), ...ended] };
  });
}
