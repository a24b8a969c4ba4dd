import { randomBytes } from 'node:crypto';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { Context } from '@/lib/context';
import { sqlOfTx, transaction, type Tx } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { record } from '@/lib/log';
import { authorise } from '../authorise';
import { lockPerson } from '../internal';
import type { PasswordHasher } from '../passwords';
import { challengeIdOf } from '../step-up/challenge';
import { relyingParty } from '../step-up/relying-party';
import { CHALLENGE_SECONDS } from '../rules';
import { notingRefusals } from '../step-up/step-up-transaction';
import { ownerOf, proveAgain } from './prove-again';
import { MOST_PASSKEYS, type CredentialProof, type PasskeyRegistration } from './schema';

/** Hands out what a browser needs to make a passkey, to a person who has just shown that it is them. Good for a minute, in this sign-in. */
export async function beginPasskey(ctx: Context, input: { proof?: CredentialProof | undefined } = {}, hasher?: PasswordHasher): Promise<PasskeyRegistration> {
  authorise(ctx, 'credential.manage');
  const owner = ownerOf(ctx);
  const proof = await proveAgain(ctx, { kind: 'add_passkey' }, input.proof, hasher);
  return notingRefusals(ctx, (asStepUp) => transaction(async (tx) => {
    const person = await lockPerson(tx, owner.id);
    const events = await proof.settle(tx, asStepUp);
    const keys = await livePasskeys(tx, owner.id);
    const { rpId } = relyingParty();
    const nonce = randomBytes(32).toString('base64url');
    const challengeId = challengeIdOf(nonce);
    await tx.$executeRaw`
      INSERT INTO passkey_challenge (id, person_id, purpose, object_id, nonce, challenge, created_at, expires_at)
      VALUES (${challengeId}::uuid, ${owner.id}::uuid, 'register', ${owner.signInId}, ${nonce}, ${nonce}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${CHALLENGE_SECONDS}))`;
    const options = await generateRegistrationOptions({
      rpName: 'Countersign', rpID: rpId, userID: new Uint8Array(userHandle(owner.id)), userName: person.email, userDisplayName: person.name,
      challenge: new Uint8Array(Buffer.from(nonce, 'base64url')), timeout: CHALLENGE_SECONDS * 1_000, attestationType: 'none',
      excludeCredentials: keys.map((key) => ({ id: key.credentialId, transports: key.transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    await record(sqlOfTx(tx), ctx, events);
    return { challengeId, options };
  }));
}

/** What a key keeps of its person: the id and nothing that says who that is. */
export const userHandle = (personId: string): Buffer => Buffer.from(personId.replaceAll('-', ''), 'hex');

/** The keys that count, while there is room for another one. */
export async function livePasskeys(tx: Tx, personId: string) {
  const keys = await tx.passkey.findMany({ where: { personId, revokedAt: null } });
  if (keys.length >= MOST_PASSKEYS) throw conflict(`You have ${MOST_PASSKEYS} passkeys, which is as many as there can be. Remove one that you no longer use.`);
  return keys;
}
