import { type KeyObject, createPublicKey, hash } from 'node:crypto';
import { decodeBase64url } from './base64url';

/** An Ed25519 public key as RFC 8037 writes it; `kid` is its RFC 7638 thumbprint unless its owner named it otherwise. */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' };

/** A key that signatures are checked with. */
export type VerificationKey = { kid: string; key: KeyObject; jwk: PublicJwk };

/** Keys by kid. A Map does; so does anything that can look one up. */
export type KeySet = { get(kid: string): VerificationKey | undefined };

/** RFC 7638 thumbprint (SHA-256, base64url) of an Ed25519 public key, given as its `x`. */
export function thumbprint(x: string): string {
  return hash('sha256', `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`, 'base64url');
}

/** Reads one public key; undefined unless it is an Ed25519 signature key, carries no private part and is not of small order. */
export function readPublicJwk(value: unknown): VerificationKey | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const jwk = value as Record<string, unknown>;
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.x !== 'string' || 'd' in jwk || 'k' in jwk) return undefined;
  if (jwk.alg !== undefined && jwk.alg !== 'EdDSA' && jwk.alg !== 'Ed25519') return undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) return undefined;
  if (jwk.kid !== undefined && (typeof jwk.kid !== 'string' || jwk.kid === '' || jwk.kid.length > 256)) return undefined;
  const point = decodeBase64url(jwk.x);
  if (point?.length !== 32 || hasSmallOrder(point)) return undefined;
  return verificationKey(jwk.x, jwk.kid ?? thumbprint(jwk.x));
}

/**
 * Reads a JWK set. Undefined as a whole when it holds a private or symmetric key or two keys of one kid: a set that
 * mixes those was put together by mistake, and guessing which part to believe is how key confusion begins. Public keys
 * of other kinds are passed over.
 */
export function readJwks(value: unknown): Map<string, VerificationKey> | undefined {
  const list = (value as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(list)) return undefined;
  const keys = new Map<string, VerificationKey>();
  const kids = new Set<unknown>();
  for (const jwk of list as unknown[]) {
    if (typeof jwk !== 'object' || jwk === null || 'd' in jwk || 'k' in jwk || (jwk as { kty?: unknown }).kty === 'oct') return undefined;
    const kid = (jwk as { kid?: unknown }).kid;
    if (kid !== undefined && kids.has(kid)) return undefined;
    kids.add(kid);
    const key = readPublicJwk(jwk);
    if (!key) continue;
    if (keys.has(key.kid)) return undefined;
    keys.set(key.kid, key);
  }
  return keys;
}

function verificationKey(x: string, kid: string): VerificationKey | undefined {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return { kid, key, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } };
  } catch {
    return undefined;
  }
}

/** Encodings of the points of order 1, 2, 4 and 8, canonical or not, sign bit apart: with such a key anybody can forge. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function hasSmallOrder(point: Buffer): boolean {
  const unsigned = Buffer.from(point);
  unsigned[31] = (point[31] as number) & 0x7f;
  return SMALL_ORDER.has(unsigned.toString('hex'));
}
