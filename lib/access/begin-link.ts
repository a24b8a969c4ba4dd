import { randomBytes } from 'node:crypto';
import type { Context } from '@/lib/context';
import { sqlOfTx, transaction, type Tx } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { record } from '@/lib/log';
import { authorise, confinedSentence } from './authorise';
import { urlSecretShape } from './internal';
import type { PasswordHasher } from './passwords';
import { ownerOf, proveAgain, type Owner } from './passkeys/prove-again';
import type { CredentialProof } from './passkeys/schema';
import { challengeIdOf } from './step-up/challenge';
import { notingRefusals } from './step-up/step-up-transaction';

/** From the proof to the way back from the provider: somebody may have to sign in there first. */
const PERMIT_SECONDS = 15 * 60;

/**
 * Lets this sign-in link an account at the provider, once: its person has shown at this moment that it is them. A link is a way in from
 * then on, so a browser that was left open must not make one. `step_up_required` without a proof.
 */
export async function beginLink(ctx: Context, input: { proof?: CredentialProof | undefined } = {}, hasher?: PasswordHasher): Promise<{ permit: string }> {
  const owner = mayLink(ctx);
  const proof = await proveAgain(ctx, { kind: 'link_identity' }, input.proof, hasher);
  const permit = randomBytes(32).toString('base64url');
  return notingRefusals(ctx, (asStepUp) => transaction(async (tx) => {
    const events = await proof.settle(tx, asStepUp);
    await tx.$executeRaw`
      INSERT INTO passkey_challenge (id, person_id, purpose, object_id, nonce, challenge, created_at, expires_at)
      VALUES (${challengeIdOf(permit)}::uuid, ${owner.id}::uuid, 'link_identity', ${owner.signInId}, '', ${challengeIdOf(permit)}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${PERMIT_SECONDS}))`;
    await record(sqlOfTx(tx), ctx, events);
    return { permit };
  }));
}

export function mayLink(ctx: Context): Owner {
  authorise(ctx, 'credential.manage');
  if (ctx.actor.kind !== 'person' || ctx.actor.via !== 'console') throw forbidden('Linking takes a person who is signed in to the console.');
  if (ctx.actor.confined) throw forbidden(confinedSentence(ctx.actor.confined));
  return ownerOf(ctx);
}

/** Uses a permit up: for the sign-in that it was made for, once. The row holds only what follows from it. */
export async function takePermit(tx: Tx, owner: Owner, permit: string): Promise<void> {
  const id = urlSecretShape.test(permit) ? challengeIdOf(permit) : null;
  const taken = await tx.$executeRaw`
    UPDATE passkey_challenge SET used_at = clock_timestamp() WHERE id = ${id}::uuid AND person_id = ${owner.id}::uuid AND object_id = ${owner.signInId}
    AND purpose = 'link_identity' AND used_at IS NULL AND expires_at > clock_timestamp()`;
  if (taken !== 1) throw forbidden('Linking takes a proof that it is you, a moment before. Nothing was linked; begin again under Settings.');
}
