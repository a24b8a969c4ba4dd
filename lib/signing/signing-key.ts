import { type KeyObject, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { type PublicJwk, type VerificationKey, readPublicJwk } from '@/lib/protocol/ed25519-key';

/** Something in this process that signs with one Ed25519 key. */
export type SigningKey = { readonly kid: string; readonly publicJwk: PublicJwk; sign(bytes: Uint8Array): Buffer };

/** An Ed25519 key pair as kept in a file of ours. */
export type PrivateJwk = PublicJwk & { d: string };

export function generatePrivateJwk(): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' }) as { x: string; d: string };
  return { ...publicHalf({ kty: 'OKP', crv: 'Ed25519', x }).jwk, d };
}

/** Makes a signing key of a private JWK. Throws when it is not one, or when its halves don't belong together. */
export function signingKey(jwk: PrivateJwk): SigningKey {
  const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x: jwk.x, d: jwk.d }, format: 'jwk' });
  const { x } = privateKey.export({ format: 'jwk' });
  if (x !== jwk.x) throw new Error('The public part of the key is not that of its private part.');
  return holdKey(privateKey, publicHalf({ kty: 'OKP', crv: 'Ed25519', x }).jwk);
}

function holdKey(privateKey: KeyObject, publicJwk: PublicJwk): SigningKey {
  return { kid: publicJwk.kid, publicJwk, sign: (bytes) => sign(null, bytes, privateKey) };
}

function publicHalf(jwk: object): VerificationKey {
  const key = readPublicJwk(jwk);
  if (!key) throw new Error('Not an Ed25519 key.');
  return key;
}
