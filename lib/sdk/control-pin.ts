import { type KeySet, readPublicJwk, type VerificationKey } from '@/lib/protocol';
import { InvalidRequest } from './errors';

/**
 * Reads a control pin: one or two Ed25519 public keys, comma separated, each as base64url of its 32 bytes (RFC 8037's `x`).
 * A pin that cannot be read is an error: going on without one would obey a resume from anybody.
 */
export function readControlPin(pin: string): KeySet {
  const keys = new Map<string, VerificationKey>();
  for (const part of pin.split(',').map((text) => text.trim()).filter((text) => text !== '')) {
    const key = readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: part });
    if (!key) throw new InvalidRequest('The control pin is not a public key of a control process. Copy it again from where the agent was made.');
    keys.set(key.kid, key);
  }
  if (keys.size === 0 || keys.size > 2) throw new InvalidRequest('The control pin must hold one key, or two (comma separated) while it is being replaced.');
  return keys;
}
