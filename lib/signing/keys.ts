import type { VerificationKey } from '@/lib/protocol/ed25519-key';

/** Every signature key of the product. Each signs one kind of thing, so a signature of one can't pass for another. */
export const keyNames = ['agent-token', 'permit', 'bundle', 'checkpoint', 'control/order'] as const;
export type KeyName = (typeof keyNames)[number];

/** Every symmetric secret: what payload data keys are wrapped with, and what browser sessions are sealed with. */
export const secretNames = ['payload-wrapping', 'auth'] as const;
export type SecretName = (typeof secretNames)[number];

/**
 * Where signature keys live. Files by default; shaped so that a key management service can stand in, which never hands
 * out a private key and answers over the network.
 */
export interface KeyProvider {
  /** Ed25519 over the bytes. `kid` picks among live keys, so that a header written before a rotation stays true; default: the current key. */
  sign(name: KeyName, bytes: Uint8Array, kid?: string): Promise<Buffer>;
  /** Public keys that verify today, the current one first. Empty when there is none yet. */
  publicKeys(name: KeyName): Promise<VerificationKey[]>;
}
