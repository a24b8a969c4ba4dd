import type { Context } from '@/lib/context';
import { forbidden } from '@/lib/errors';
import type { Assertion } from '@/lib/log';
import { wentBack } from './check-signature';
import { relyingParty } from './relying-party';
import type { PasskeyAnswer, StepUpSubject } from './schema';
import { StepUpRefused, type StepUpRefusal, type StepUpTx } from './step-up-transaction';
import { lockChallenge, useChallenge } from './take-challenge';
import { verifyAssertion } from './verify-assertion';

type KeyRow = { id: string; credentialId: string; publicKey: Uint8Array; counter: bigint };

/**
 * Takes the key's answer for what is about to be done, under the challenge's lock, and uses both up: what was signed is computed again
 * from `expected`, never read from the answer. Throws `step_up_required` with a sentence; the transaction then stands for nothing but
 * the record of that.
 */
export async function finishStepUp(tx: StepUpTx, ctx: Context, expected: StepUpSubject, answer: PasskeyAnswer): Promise<Assertion> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('Signing with a passkey takes a person in the console.');
  const refused = (why: StepUpRefusal) => new StepUpRefused(why, { purpose: expected.purpose, objectId: expected.objectId, challengeId: answer.challengeId });

  const asked = await lockChallenge(tx, actor.id, expected, answer.challengeId);
  if (!asked.ok) throw refused(asked.why);

  const [key] = await tx.rows<KeyRow>(
    `SELECT id, credential_id AS "credentialId", public_key AS "publicKey", counter FROM passkey WHERE credential_id = $1 AND person_id = $2 AND revoked_at IS NULL FOR UPDATE`, [answer.response.id, actor.id],
  );
  if (!key || answer.response.rawId !== key.credentialId) throw refused('no_such_key');
  const { authenticatorData, clientDataJSON, signature } = answer.response.response;
  const { purpose, objectId, digest, verdict } = expected;
  const assertion: Assertion = { passkeyId: key.id, credentialId: key.credentialId, challengeId: answer.challengeId, purpose, objectId, digest, verdict, nonce: asked.nonce, authenticatorData, clientDataJSON, signature };
  const check = await verifyAssertion(assertion, expected, key, relyingParty());
  if (!check.ok) throw refused(check.why);
  if (wentBack(check.counter, key.counter)) throw refused('counter_went_back');

  await useChallenge(tx, answer.challengeId);
  await tx.rows('UPDATE passkey SET counter = $2, backed_up = $3, last_used_at = clock_timestamp() WHERE id = $1', [key.id, check.counter, check.backedUp]);
  return assertion;
}
