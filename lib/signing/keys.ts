import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import type { OpenResult, WrappedKey } from './payload-seal';

/** Every signature key of the product. Each signs one kind of thing, so a signature of one can't pass for another. */
export const keyNames = ['agent-token', 'permit', 'bundle', 'checkpoint', 'control/order'] as const;
export type KeyName = (typeof keyNames)[number];

/** Every symmetric secret: what payload data keys and stored credentials are wrapped with, and what browser sessions are sealed with. */
export const secretNames = ['payload-wrapping', 'credential-wrapping', 'channel-wrapping', 'auth'] as const;
export type SecretName = (typeof secretNames)[number];

export const isKeyName = (name: string): name is KeyName => (keyNames as readonly string[]).includes(name);
export const isSecretName = (name: string): name is SecretName => (secretNames as readonly string[]).includes(name);

/**
 * What these signed or sealed dies of age, so the old key stops by itself when the overlap is over. Of the others something
 * may still be needed, and only `retire`, which looks, ends the old one.
 */
export const endsByTime: ReadonlySet<string> = new Set<KeyName | SecretName>(['agent-token', 'permit', 'auth']);
/** Agents know this key by a pin that people carry to them, so the old one signs until it is retired; the new one is only known. */
export const signsWithPrevious: ReadonlySet<string> = new Set<KeyName>(['control/order']);

/** One live key, without what makes it one. */
export type KeyInfo = {
  kid: string;
  /** `signs`: new signatures are made with it. `waits`: it is known, and signs from `signsFrom` on or once the other is retired. `verifies`: what it signed still holds. */
  state: 'signs' | 'waits' | 'verifies';
  createdAt: Date;
  signsFrom?: Date;
  /** For the previous key: until when what it signed holds at least. */
  overlapUntil?: Date;
};

/** Something that signs with one Ed25519 key: here and at once, or elsewhere and later. */
export type Signer = { readonly kid: string; sign(bytes: Uint8Array): Buffer | Promise<Buffer> };

/** Something that wraps data keys with a secret that may never leave where it lives. `context` is where the wrapped key belongs. */
export type Wrapper = {
  wrap(dataKey: Buffer, context: string): WrappedKey | Promise<WrappedKey>;
  unwrap(wrapped: WrappedKey, context: string): OpenResult | Promise<OpenResult>;
};

export type Rotation = { kid: string; previousKid: string; signsFrom: Date; overlapUntil: Date };

/**
 * Where keys live. Files by default; shaped so that a key management service can stand in, which never hands out a key and
 * answers over the network: what reads public keys reads the last view of them, and what signs may have to wait.
 */
export interface KeyProvider {
  /** Ed25519 over the bytes. `kid` picks among live keys, so that a header written before a rotation stays true; default: the one that signs now. */
  sign(name: KeyName, bytes: Uint8Array, kid?: string): Promise<Buffer>;
  /** What signs now, by the last view. Files sign synchronously, which keeps the gate's path free of waiting. */
  signer(name: KeyName): Signer;
  /** Public keys that verify today, the one that signs first. Empty when there is none yet. */
  publicKeys(name: KeyName): Promise<VerificationKey[]>;
  /** The same by the last view, by kid. */
  verificationKeys(name: KeyName): Map<string, VerificationKey>;
  wrapper(name: SecretName): Wrapper;
  /** The live keys of a name, the newest first. */
  list(name: KeyName | SecretName): Promise<KeyInfo[]>;
  /** Makes a new key and lets the old one live beside it. Throws while another rotation of that name is under way. */
  rotate(name: KeyName | SecretName, when: { signsFrom: Date; overlapUntil: Date }): Promise<Rotation>;
  /** Destroys the previous key: what it signed is refused from then on. Undefined when there is none; with `ended`, also when it still lives. */
  retire(name: KeyName | SecretName, which?: { ended: boolean }): Promise<{ kid: string } | undefined>;
  /** Looks for new keys now. */
  refresh(): void | Promise<void>;
}
