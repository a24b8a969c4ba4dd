import type { Context } from '@/lib/context';
import { forbidden, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from '../authorise';
import { countWaysIn, lockAdministrators, lockPerson, requireAnotherAdministrator } from '../internal';
import { isOneself } from '../queries';
import { requireReach } from '../reach';
import { passkeyIdSchema } from './schema';

/**
 * Takes somebody else's passkey away, lost or in the wrong hands: at once it signs in nobody and signs nothing. It may be their last way
 * in, for which there is a new link; only the last administrator who can sign in keeps theirs.
 */
export async function revokePasskey(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'person.manage');
  const passkeyId = parseInput(passkeyIdSchema, id);
  await write(ctx, async (tx) => {
    const found = await tx.passkey.findUnique({ where: { id: passkeyId }, select: { personId: true } });
    if (!found) throw notFound('There is no such passkey.');
    const { personId } = found;
    if (isOneself(ctx, personId)) throw forbidden('Your own passkeys are removed under You, where it is made sure that it is you.');
    // Held before the person's row, as everywhere: of two who take the last keys of the last two administrators one is refused.
    const administrators = await lockAdministrators(tx);
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    const key = await tx.passkey.findUnique({ where: { id: passkeyId, revokedAt: null }, select: { id: true, name: true } });
    if (!key) return { view: undefined, unchanged: true };
    if ((await countWaysIn(tx, person)) === 1) await requireAnotherAdministrator(tx, personId, administrators);
    await tx.passkey.update({ where: { id: key.id }, data: { revokedAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('person.passkey_removed', { personId, passkeyId, name: key.name })] };
  });
}
