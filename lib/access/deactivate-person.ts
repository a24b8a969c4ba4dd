import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { endSetupLinks, endSignIns, lockPerson, requireAnotherAdministrator } from './internal';
import { requireReach } from './reach';
import { readPerson } from './read-people';
import { personIdSchema, type PersonInFull } from './schema';
import { keepGrants, teamsOf } from './set-rights';
import { endStopKeys, tellControl } from './stop-key-rows';

/** Ends a person's power at once: sign-ins and what hangs on them, tokens, stop keys, open links. Passkeys stay and open nothing. What they did stays on record. */
export async function deactivatePerson(ctx: Context, id: string): Promise<PersonInFull> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    await requireAnotherAdministrator(tx, personId);
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    if (person.state !== 'active') return { view: await readPerson(tx, personId, ctx.now()), unchanged: true };
    await tx.person.update({ where: { id: personId }, data: { state: 'deactivated' } });
    const events: [NewEvent, ...NewEvent[]] = [organisationEvent('person.deactivated', { personId }), ...(await endEverything(tx, ctx, personId))];
    return { view: await readPerson(tx, personId, ctx.now()), events };
  });
}

async function endEverything(tx: Tx, ctx: Context, personId: string): Promise<NewEvent[]> {
  const now = ctx.now();
  const tokens = await tx.$queryRaw<{ id: string }[]>`UPDATE api_token SET revoked_at = ${now} WHERE person_id = ${personId}::uuid AND revoked_at IS NULL RETURNING id`;
  const stopKeys = await tx.stopKey.findMany({ where: { personId, revokedAt: null }, select: { id: true, personId: true } });
  if (stopKeys.length > 0) await tellControl(tx);
  // What a token began and only its person could have finished.
  await tx.pendingRequest.updateMany({ where: { personId, finishedAt: null }, data: { finishedAt: now, outcome: 'refused' } });
  return [
    ...(await endSignIns(tx, ctx, personId, 'deactivated')),
    ...(await endSetupLinks(tx, ctx, personId, 'deactivated')),
    ...tokens.map((token) => organisationEvent('token.revoked', { tokenId: token.id, personId })),
    ...(await endStopKeys(tx, ctx, stopKeys, 'deactivated')),
  ];
}

/** Lets a deactivated person in again, with their roles, teams and password, which count as newly given; tokens, stop keys and sign-ins stay ended. */
export async function activatePerson(ctx: Context, id: string): Promise<PersonInFull> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    if (person.state === 'active') return { view: await readPerson(tx, personId, ctx.now()), unchanged: true };
    await tx.person.update({ where: { id: personId }, data: { state: 'active' } });
    await keepGrants(tx, ctx, person, { roles: person.roles, teams: await teamsOf(tx, personId) }, ctx.now(), true);
    return { view: await readPerson(tx, personId, ctx.now()), events: [organisationEvent('person.activated', { personId })] };
  });
}
