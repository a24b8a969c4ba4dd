import { createPublicKey } from 'node:crypto';
import { type PublicJwk, type VerificationKey, readJwks, readPublicJwk } from '@/lib/protocol/ed25519-key';
import { parseStrictJson } from '@/lib/protocol/strict-json';

/** How a public key is printed for people to carry: its 32 bytes in base64url, one word. Pins and `--key` take it. */
export function publicKeyText(jwk: PublicJwk): string {
  return jwk.x;
}

/**
 * Reads public keys from what a person hands over: the printed word (several with commas), a JWK, a JWK set or PEM.
 * Undefined when any part of it is not an Ed25519 public key.
 */
export function readPublicKeys(text: string): Map<string, VerificationKey> | undefined {
  const given = text.trim();
  if (given.startsWith('{')) return readJson(given);
  if (given.startsWith('-----BEGIN PUBLIC KEY-----')) return readPem(given);
  return collect(given.split(',').map((word) => readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: word.trim() })));
}

function readJson(text: string): Map<string, VerificationKey> | undefined {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return undefined;
  const set = typeof parsed.value === 'object' && parsed.value !== null && 'keys' in parsed.value ? readJwks(parsed.value) : collect([readPublicJwk(parsed.value)]);
  return set && set.size > 0 ? set : undefined;
}

function readPem(text: string): Map<string, VerificationKey> | undefined {
  try {
    const { kty, crv, x } = createPublicKey(text).export({ format: 'jwk' });
    return collect([readPublicJwk({ kty, crv, x })]);
  } catch {
    return undefined;
  }
}

function collect(keys: (VerificationKey | undefined)[]): Map<string, VerificationKey> | undefined {
  const found = keys.filter((key) => key !== undefined);
  return found.length === keys.length ? new Map(found.map((key) => [key.kid, key])) : undefined;
}
