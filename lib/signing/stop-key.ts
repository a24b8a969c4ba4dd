import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { decodeBase64url } from '@/lib/protocol/base64url';
import { stopKeyBytes, type StopClaim } from '@/lib/protocol/stop-key';

/** The public half of a stop key and nothing besides, so that equal keys are equal texts. */
export type StopKeyJwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string };

/** Members that WebCrypto and other tools write beside the key, and what they may say. */
const beside: Record<string, (value: unknown) => boolean> = {
  alg: (value) => value === 'ES256', use: (value) => value === 'sig', ext: (value) => typeof value === 'boolean',
  key_ops: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'verify', kid: (value) => typeof value === 'string' && value.length <= 256,
};

/** Reads the public half of a stop key; undefined unless it is a point on P-256, without a private part or a member that is not known. */
export function readStopKeyJwk(value: unknown): StopKeyJwk | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { kty, crv, x, y, ...rest } = value as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return undefined;
  if (Object.entries(rest).some(([name, held]) => !Object.hasOwn(beside, name) || !beside[name]!(held))) return undefined;
  const jwk: StopKeyJwk = { kty, crv, x, y };
  return keyOf(jwk) && jwk;
}

/** Whether this key signed this claim: ECDSA over SHA-256, the signature as WebCrypto gives it (r then s, 64 bytes, base64url). */
export function verifyStopClaim(jwk: unknown, claim: StopClaim, signature: string): boolean {
  const read = readStopKeyJwk(jwk);
  const key = read && keyOf(read);
  const bytes = decodeBase64url(signature);
  if (!key || bytes?.length !== 64) return false;
  return verify('sha256', stopKeyBytes(claim), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

const isCoordinate = (value: unknown): value is string => typeof value === 'string' && decodeBase64url(value)?.length === 32;

/** Undefined where the two numbers are no point of the curve. */
function keyOf(jwk: StopKeyJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}
