import type { Context } from '@/lib/context';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from '../authorise';
import { countWaysIn, lockPerson } from '../internal';
import type { PasswordHasher } from '../passwords';
import { requireFactorLeft } from '../second-factor';
import { notingRefusals } from '../step-up/step-up-transaction';
import { ownerOf, proveAgain } from './prove-again';
import { passkeyIdSchema, type CredentialProof } from './schema';

/**
 * Takes one of one's own keys away for good: it signs in nobody and signs nothing from then on; what it signed before can still be
 * verified. The last way in stays, so that nobody locks themselves out.
 */
export async function removePasskey(ctx: Context, input: { passkeyId: string; proof?: CredentialProof | undefined }, hasher?: PasswordHasher): Promise<void> {
  authorise(ctx, 'credential.manage');
  const owner = ownerOf(ctx);
  const passkeyId = parseInput(passkeyIdSchema, input.passkeyId);
  const proof = await proveAgain(ctx, { kind: 'remove_passkey', passkeyId }, input.proof, hasher);
  await notingRefusals(ctx, (asStepUp) => write(ctx, async (tx) => {
    const person = await lockPerson(tx, owner.id);
    const events = await proof.settle(tx, asStepUp);
    const keys = await tx.passkey.findMany({ where: { personId: owner.id, revokedAt: null } });
    const key = keys.find(({ id }) => id === passkeyId);
    if (!key) throw notFound('You have no such passkey; it may have been removed.');
    if ((await countWaysIn(tx, person)) === 1) throw conflict('This passkey is your last way in. Register another one first, or ask an administrator for a link to set a password.');
    await requireFactorLeft(tx, owner.id, ctx.now());
    await tx.passkey.update({ where: { id: key.id }, data: { revokedAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('person.passkey_removed', { personId: owner.id, passkeyId, name: key.name }), ...events] };
  }));
}
