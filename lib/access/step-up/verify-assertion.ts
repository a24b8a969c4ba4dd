import type { Assertion } from '@/lib/log';
import { challengeIdOf, challengeOf } from './challenge';
import { checkSignature, type SignatureCheck } from './check-signature';
import type { RelyingParty } from './relying-party';
import type { StepUpSubject } from './schema';

/** A registered key as its row has it; `publicKey` is COSE. */
export type RegisteredKey = { id: string; credentialId: string; publicKey: Uint8Array };

export type AssertionCheck = SignatureCheck | { ok: false; why: 'other_subject' | 'other_key' };

/**
 * Whether this key signed exactly this: the act, its object, the digest of what was shown and the word, on a page of ours, with the person
 * verified by the key. Needs no database and believes nothing of what it is handed but the key and the place.
 */
export async function verifyAssertion(assertion: Assertion, expected: StepUpSubject, key: RegisteredKey, at: RelyingParty): Promise<AssertionCheck> {
  const subjects = ['purpose', 'objectId', 'digest', 'verdict'] as const;
  if (subjects.some((part) => assertion[part] !== expected[part])) return { ok: false, why: 'other_subject' };
  if (assertion.passkeyId !== key.id || assertion.credentialId !== key.credentialId) return { ok: false, why: 'other_key' };
  const challenge = challengeOf(expected, assertion.nonce);
  if (assertion.challengeId !== challengeIdOf(challenge)) return { ok: false, why: 'other_challenge' };
  return checkSignature(assertion, challenge, key, at);
}
