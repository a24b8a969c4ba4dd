import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { endSignIns, lockPerson, personView, requireAnotherAdministrator } from './internal';
import { personIdSchema, type PersonView } from './schema';
import { endStopKeys } from './stop-key-rows';

/** Ends a person's power at once: sign-ins, tokens, stop keys and open links. What they did stays on record. */
export async function deactivatePerson(ctx: Context, id: string): Promise<PersonView> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    await requireAnotherAdministrator(tx, personId);
    const person = await lockPerson(tx, personId);
    if (person.state !== 'active') return { view: personView(person), unchanged: true };
    await tx.person.update({ where: { id: personId }, data: { state: 'deactivated' } });
    await tx.setupLink.updateMany({ where: { personId, usedAt: null }, data: { usedAt: ctx.now() } });
    const tokens = await tx.$queryRaw<{ id: string }[]>`UPDATE api_token SET revoked_at = ${ctx.now()} WHERE person_id = ${personId}::uuid AND revoked_at IS NULL RETURNING id`;
    const stopKeys = await tx.stopKey.findMany({ where: { personId, revokedAt: null }, select: { id: true, personId: true } });
    return {
      view: personView({ ...person, state: 'deactivated' }),
      events: [
        organisationEvent('person.deactivated', { personId }),
        ...(await endSignIns(tx, ctx, personId, 'deactivated')),
        ...(await endStopKeys(tx, ctx, stopKeys, 'deactivated')),
        ...tokens.map((token) => organisationEvent('token.revoked', { tokenId: token.id, personId })),
      ],
    };
  });
}

/** Lets a deactivated person in again, with their roles and password; tokens, stop keys and sign-ins stay ended. */
export async function activatePerson(ctx: Context, id: string): Promise<PersonView> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    if (person.state === 'active') return { view: personView(person), unchanged: true };
    await tx.person.update({ where: { id: personId }, data: { state: 'active' } });
    return { view: personView({ ...person, state: 'active' }), events: [organisationEvent('person.activated', { personId })] };
  });
}
