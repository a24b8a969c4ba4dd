import type { PublicJwk, VerificationKey } from '@/lib/protocol/ed25519-key';

/** The document at `/.well-known/jwks.json`: public halves alone, each kid once. */
export function jwks(keys: Iterable<VerificationKey>): { keys: PublicJwk[] } {
  return { keys: [...new Map([...keys].map((key) => [key.kid, key.jwk])).values()] };
}

export { readJwks } from '@/lib/protocol/ed25519-key';
