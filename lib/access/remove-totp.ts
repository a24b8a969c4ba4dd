import type { Context } from '@/lib/context';
import { forbidden } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { lockPerson } from './internal';
import { proveOwner } from './prove-owner';
import { requireReach } from './reach';
import { personIdSchema } from './schema';
import { requireFactorLeft } from './second-factor';

/** Takes one's own one-time password away, by one of its codes or a recovery code. */
export async function removeTotp(ctx: Context, input: { proof: string }): Promise<void> {
  authorise(ctx, 'credential.manage');
  const { personId, settle } = await proveOwner(ctx, input.proof);
  await write(ctx, async (tx) => {
    await lockPerson(tx, personId);
    const events = await settle(tx);
    await requireFactorLeft(tx, personId, ctx.now());
    const { count } = await tx.totp.deleteMany({ where: { personId } });
    if (count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('person.totp_removed', { personId }), ...events] };
  });
}

/**
 * Takes somebody else's away, who lost their phone and their codes: an administrator's word stands in for the code. The recovery
 * codes go with it: what was lost may have been found by somebody, and with the next one-time password come new ones.
 */
export async function resetTotp(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  if (ctx.actor.kind === 'person' && ctx.actor.id === personId) throw forbidden('Your own one-time password is removed with one of its codes, or by another administrator.');
  await write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    const { count } = await tx.totp.deleteMany({ where: { personId } });
    const codes = await tx.recoveryCode.deleteMany({ where: { personId } });
    if (count + codes.count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('person.totp_removed', { personId, recoveryCodes: codes.count })] };
  });
}
