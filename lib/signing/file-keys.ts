import { hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { decodeBase64url } from '@/lib/protocol/base64url';
import { type VerificationKey, readJwks, readPublicJwk } from '@/lib/protocol/ed25519-key';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { KeyFileError, readOrCreateSecretFile, readSecretFile, removeSecretFile, replaceSecretFile } from './key-file';
import type { KeyName, KeyProvider, SecretName } from './keys';
import { type PrivateJwk, type SigningKey, generatePrivateJwk, signingKey } from './signing-key';

/** A 256-bit secret and the id by which what it sealed names it. */
export type SecretKey = { id: string; bytes: Buffer };

export type FileKeysOptions = {
  /** `DATA_DIR/keys`. */
  folder: string;
  /** The signature keys this process may hold; of the others it sees public halves alone. */
  holds: readonly KeyName[];
  /** The secrets this process may read. */
  secrets?: readonly SecretName[];
};

type Held = { current: SigningKey; live: SigningKey[]; verify: VerificationKey[] };

/**
 * Keys in files under `DATA_DIR/keys` (folder 0700, files 0600), made on first use: `<name>.jwk` signs,
 * `<name>.previous.jwk` still verifies during a rotation, `<name>.public.jwks` is for processes that must not sign.
 * Files are read once; refresh() forgets them, for a caller who met an unknown kid. Throws KeyFileError.
 */
export class FileKeys implements KeyProvider {
  readonly #options: FileKeysOptions;
  readonly #held = new Map<KeyName, Held>();
  readonly #foreign = new Map<KeyName, VerificationKey[]>();
  readonly #secrets = new Map<SecretName, SecretKey[]>();

  constructor(options: FileKeysOptions) {
    this.#options = options;
  }

  /** The current signature key of that name, for signing in this process. */
  signingKey(name: KeyName): SigningKey {
    return this.#hold(name).current;
  }

  /** Keys that verify what the name signed, by kid. */
  verificationKeys(name: KeyName): Map<string, VerificationKey> {
    return new Map(this.#public(name).map((key) => [key.kid, key]));
  }

  async sign(name: KeyName, bytes: Uint8Array, kid?: string): Promise<Buffer> {
    const { current, live } = this.#hold(name);
    const key = kid === undefined ? current : live.find((one) => one.kid === kid);
    if (!key) throw new KeyFileError(`The ${name} key ${kid} is no longer held; it was rotated away.`);
    return key.sign(bytes);
  }

  async publicKeys(name: KeyName): Promise<VerificationKey[]> {
    return this.#public(name);
  }

  /** The secret's live values, the current one first; made on first use. */
  secretKeys(name: SecretName): [SecretKey, ...SecretKey[]] {
    if (!this.#options.secrets?.includes(name)) throw new KeyFileError(`This process may not read the ${name} secret.`);
    let keys = this.#secrets.get(name);
    if (!keys) {
      const current = readOrCreateSecretFile(this.#secretFile(name), () => `${randomBytes(32).toString('base64url')}\n`);
      const previous = readSecretFile(this.#secretFile(`${name}.previous`));
      keys = [readSecret(name, current), ...(previous === undefined ? [] : [readSecret(`${name}.previous`, previous)])];
      this.#secrets.set(name, keys);
    }
    return keys as [SecretKey, ...SecretKey[]];
  }

  /**
   * Puts a new current key in place; the old one goes on verifying as the previous one, and the one before that stops.
   * At every moment a process that reads the folder finds a current key. One rotation at a time, by the caller.
   */
  rotate(name: KeyName): { kid: string; previousKid: string } {
    const old = this.#hold(name).current;
    const text = readSecretFile(this.#file(name));
    if (text === undefined) throw new KeyFileError(`There is no ${name} key to rotate.`);
    replaceSecretFile(this.#file(`${name}.previous`), text);
    const next = generatePrivateJwk();
    replaceSecretFile(this.#file(name), writeJson(next));
    this.refresh();
    this.#hold(name);
    return { kid: next.kid, previousKid: old.kid };
  }

  /** Ends the overlap: what the previous key signed is refused from the next refresh() on. */
  retirePrevious(name: KeyName): void {
    const { current } = this.#hold(name);
    removeSecretFile(this.#file(`${name}.previous`));
    this.refresh();
    if (this.#hold(name).current.kid !== current.kid) throw new KeyFileError(`The ${name} key was rotated meanwhile.`);
  }

  refresh(): void {
    this.#held.clear();
    this.#foreign.clear();
    this.#secrets.clear();
  }

  #hold(name: KeyName): Held {
    if (!this.#options.holds.includes(name)) throw new KeyFileError(`This process may not hold the ${name} key.`);
    let held = this.#held.get(name);
    if (!held) {
      const current = readKey(name, readOrCreateSecretFile(this.#file(name), () => writeJson(generatePrivateJwk())));
      const previous = readSecretFile(this.#file(`${name}.previous`));
      const older = previous === undefined ? undefined : readKey(`${name}.previous`, previous);
      // In the middle of a rotation both files hold the same key.
      const live = older && older.kid !== current.kid ? [current, older] : [current];
      held = { current, live, verify: live.map(({ publicJwk }) => readPublicJwk(publicJwk) as VerificationKey) };
      this.#held.set(name, held);
      this.#publish(name, live);
    }
    return held;
  }

  #public(name: KeyName): VerificationKey[] {
    if (this.#options.holds.includes(name)) return this.#hold(name).verify;
    let keys = this.#foreign.get(name);
    if (!keys) {
      const text = readSecretFile(this.#publicFile(name));
      if (text === undefined) return [];
      const parsed = parseStrictJson(text);
      const set = parsed.ok ? readJwks(parsed.value) : undefined;
      if (!set) throw new KeyFileError(`${this.#publicFile(name)} is not a set of public keys.`);
      keys = [...set.values()];
      this.#foreign.set(name, keys);
    }
    return keys;
  }

  #publish(name: KeyName, live: SigningKey[]): void {
    const text = writeJson({ keys: live.map(({ publicJwk }) => publicJwk) });
    if (readSecretFile(this.#publicFile(name)) === text) return;
    try {
      replaceSecretFile(this.#publicFile(name), text);
    } catch (error) {
      // Keys mounted read-only are fine to sign with; whoever mounts them brings the public halves too.
      if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  #file = (name: string) => join(this.#options.folder, `${name}.jwk`);
  #publicFile = (name: string) => join(this.#options.folder, `${name}.public.jwks`);
  #secretFile = (name: string) => join(this.#options.folder, name === 'auth' || name === 'auth.previous' ? `${name}.secret` : `${name}.key`);
}

function readKey(name: string, text: string): SigningKey {
  const parsed = parseStrictJson(text);
  if (parsed.ok) {
    try {
      return signingKey(parsed.value as unknown as PrivateJwk);
    } catch {
      // The cause may quote the key; the sentence below says enough.
    }
  }
  throw new KeyFileError(`The key file of ${name} is damaged: it is not an Ed25519 private key. Put back a copy, or move it away to have a new one made.`);
}

function readSecret(name: string, text: string): SecretKey {
  const bytes = decodeBase64url(text.trim());
  if (bytes?.length !== 32) throw new KeyFileError(`The secret file of ${name} is damaged: it must hold 32 bytes in base64url. Put back a copy.`);
  return { id: hash('sha256', Buffer.concat([Buffer.from('countersign key id\0'), bytes]), 'hex').slice(0, 16), bytes };
}

const writeJson = (value: unknown) => `${JSON.stringify(value)}\n`;
