import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import type { Assertion } from '@/lib/log';
import { challengeIdOf, challengeOf } from './challenge';
import type { RelyingParty } from './relying-party';
import type { StepUpSubject } from './schema';

/** A registered key as its row has it; `publicKey` is COSE. */
export type RegisteredKey = { id: string; credentialId: string; publicKey: Uint8Array };

export type AssertionCheck =
  | { ok: true; counter: number; backedUp: boolean }
  | { ok: false; why: 'other_subject' | 'other_key' | 'other_challenge' | 'other_origin' | 'not_verified' | 'bad_signature' };

const encoded = ['nonce', 'authenticatorData', 'clientDataJSON', 'signature'] as const;

/**
 * Whether this key signed exactly this: the act, its object, the digest of what was shown and the word, on a page of ours, with the person
 * verified by the key. Needs no database and believes nothing of what it is handed but the key and the place.
 */
export async function verifyAssertion(assertion: Assertion, expected: StepUpSubject, key: RegisteredKey, at: RelyingParty): Promise<AssertionCheck> {
  const subjects = ['purpose', 'objectId', 'digest', 'verdict'] as const;
  if (subjects.some((part) => assertion[part] !== expected[part])) return { ok: false, why: 'other_subject' };
  if (assertion.passkeyId !== key.id || assertion.credentialId !== key.credentialId) return { ok: false, why: 'other_key' };
  // One text for the same bytes, so that what is compared as text is what was signed.
  if (encoded.some((part) => Buffer.from(assertion[part], 'base64url').toString('base64url') !== assertion[part])) return { ok: false, why: 'bad_signature' };
  const challenge = challengeOf(expected, assertion.nonce);
  if (assertion.challengeId !== challengeIdOf(challenge)) return { ok: false, why: 'other_challenge' };
  const said = readClientData(assertion.clientDataJSON);
  if (!said || said.type !== 'webauthn.get' || said.challenge !== challenge) return { ok: false, why: 'other_challenge' };
  // Within somebody else's page a person does not see whom they sign for.
  if (said.origin !== at.origin || said.crossOrigin === true) return { ok: false, why: 'other_origin' };
  const { credentialId: id, authenticatorData, clientDataJSON, signature } = assertion;
  // Flags are the byte after the hash of the party's name: bit 0 present, bit 2 verified.
  const flags = Buffer.from(authenticatorData, 'base64url')[32] ?? 0;
  if ((flags & 0b101) !== 0b101) return { ok: false, why: 'not_verified' };
  const answer = await verifyAuthenticationResponse({
    response: { id, rawId: id, type: 'public-key', response: { authenticatorData, clientDataJSON, signature }, clientExtensionResults: {} },
    expectedChallenge: challenge, expectedOrigin: at.origin, expectedRPID: at.rpId, requireUserVerification: true,
    // Whether the counter moved is a matter of the moment, judged where it is kept.
    credential: { id, publicKey: new Uint8Array(key.publicKey), counter: 0 },
  }).catch(() => undefined);
  if (!answer?.verified || !isWhole(signature, key.publicKey)) return { ok: false, why: 'bad_signature' };
  return { ok: true, counter: answer.authenticationInfo.newCounter, backedUp: answer.authenticationInfo.credentialBackedUp };
}

/** A signature on an elliptic curve is a DER sequence, and lenient readers let anything follow it. */
function isWhole(signature: string, publicKey: Uint8Array): boolean {
  if (decodeCredentialPublicKey(new Uint8Array(publicKey)).get(cose.COSEKEYS.kty) !== cose.COSEKTY.EC2) return true;
  const der = Buffer.from(signature, 'base64url');
  const long = der[1] === 0x81;
  return der.length === (long ? 3 + der[2]! : 2 + der[1]!);
}

function readClientData(text: string): { type?: unknown; challenge?: unknown; origin?: unknown; crossOrigin?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
