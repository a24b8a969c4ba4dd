import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import type { RelyingParty } from './relying-party';

/** What a key gave: base64url, each. */
export type Signed = { authenticatorData: string; clientDataJSON: string; signature: string };
export type SignatureCheck =
  | { ok: true; counter: number; backedUp: boolean }
  | { ok: false; why: 'other_challenge' | 'other_origin' | 'not_verified' | 'bad_signature' };

/** Whether this key signed this challenge on a page of ours, with the person verified by the key. */
export async function checkSignature({ authenticatorData, clientDataJSON, signature }: Signed, challenge: string, key: { credentialId: string; publicKey: Uint8Array }, at: RelyingParty): Promise<SignatureCheck> {
  // One text for the same bytes, so that what is compared as text is what was signed.
  if ([authenticatorData, clientDataJSON, signature].some((text) => Buffer.from(text, 'base64url').toString('base64url') !== text)) return { ok: false, why: 'bad_signature' };
  const said = readClientData(clientDataJSON);
  if (!said || said.type !== 'webauthn.get' || said.challenge !== challenge) return { ok: false, why: 'other_challenge' };
  // Within somebody else's page a person does not see whom they sign for.
  if (said.origin !== at.origin || said.crossOrigin === true) return { ok: false, why: 'other_origin' };
  // Flags are the byte after the hash of the party's name: bit 0 present, bit 2 verified.
  if (((Buffer.from(authenticatorData, 'base64url')[32] ?? 0) & 0b101) !== 0b101) return { ok: false, why: 'not_verified' };
  const id = key.credentialId;
  const answer = await verifyAuthenticationResponse({
    response: { id, rawId: id, type: 'public-key', response: { authenticatorData, clientDataJSON, signature }, clientExtensionResults: {} },
    expectedChallenge: challenge, expectedOrigin: at.origin, expectedRPID: at.rpId, requireUserVerification: true,
    // Whether the counter moved is a matter of the moment, judged where it is kept.
    credential: { id, publicKey: new Uint8Array(key.publicKey), counter: 0 },
  }).catch(() => undefined);
  if (!answer?.verified || !isWhole(signature, key.publicKey)) return { ok: false, why: 'bad_signature' };
  return { ok: true, counter: answer.authenticationInfo.newCounter, backedUp: answer.authenticationInfo.credentialBackedUp };
}

/** Keys that do not count say 0 for ever; of those that do, a number that does not rise is a copy's. */
export const wentBack = (counter: number, kept: bigint): boolean => (counter > 0 || kept > 0n) && BigInt(counter) <= kept;

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
