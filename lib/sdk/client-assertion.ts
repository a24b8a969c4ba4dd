import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { encodeBase64url, haltAckBytes, newId, thumbprint } from '@/lib/protocol';

/** An Ed25519 private key: a JWK, PEM text, or Node's own object. */
export type AssertionKey = KeyObject | string | { kty: string; crv?: string; x?: string; d?: string; kid?: string };

/** Makes an RFC 7523 client assertion, good for one minute and one token request. Throws TypeError for another kind of key. */
export function signClientAssertion(key: AssertionKey, clientId: string, audience: string, now = Date.now()): string {
  const { object, kid } = readKey(key);
  const issuedAt = Math.floor(now / 1000);
  const header = encodeBase64url(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid }));
  const claims = encodeBase64url(JSON.stringify({ iss: clientId, sub: clientId, aud: audience, iat: issuedAt, exp: issuedAt + 60, jti: newId() }));
  return `${header}.${claims}.${encodeBase64url(sign(null, Buffer.from(`${header}.${claims}`), object))}`;
}

/** The agent's signature under its acknowledgement of a halt, so that nobody on the way can have made it up. */
export function signHaltAcknowledgement(key: AssertionKey, orderId: string, acknowledgement: { stopped: readonly string[]; at: string }): string {
  return encodeBase64url(sign(null, haltAckBytes(orderId, acknowledgement), readKey(key).object));
}

function readKey(key: AssertionKey): { object: KeyObject; kid: string } {
  const object = typeof key === 'string' ? createPrivateKey(key) : isKeyObject(key) ? key : createPrivateKey({ key, format: 'jwk' });
  if (object.asymmetricKeyType !== 'ed25519') throw new TypeError('clientAssertionKey must be an Ed25519 private key.');
  const named = typeof key === 'object' && !isKeyObject(key) ? key.kid : undefined;
  return { object, kid: named ?? thumbprint(createPublicKey(object).export({ format: 'jwk' }).x ?? '') };
}

function isKeyObject(key: AssertionKey): key is KeyObject {
  return typeof key === 'object' && 'asymmetricKeyType' in key;
}
