import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { infoOf, liveOf, signerFirst, signerOf } from './key-dates';
import { KeyFileError, readOrCreateSecretFile, readSecretFile, removeSecretFile, replaceSecretFile } from './key-file';
import { KeyFolder } from './key-folder';
import { generateSecretKey, readPrivateKey, readPublicKeySet, readSecretIds, readSecretKey, writePrivateKey, writePublicKeys, writeSecretIds, writeSecretKey, type Dated, type SecretKey } from './key-material';
import { noteKeyUse } from './key-uses';
import { isKeyName, isSecretName, type KeyInfo, type KeyName, type KeyProvider, type Rotation, type SecretName, type Wrapper } from './keys';
import { unwrapDataKey, wrapDataKey } from './payload-seal';
import { generatePrivateJwk, type SigningKey } from './signing-key';

export type { SecretKey } from './key-material';

export type FileKeysOptions = {
  /** `DATA_DIR/keys`. */
  folder: string;
  /** The signature keys this process may hold; of the others it sees public halves alone. */
  holds: readonly KeyName[];
  /** The secrets this process may read. */
  secrets?: readonly SecretName[];
};

type Seen<T> = { print: string; lookedAt: number; keys: Dated<T>[] };

/** A change in the folder is seen after this long at the latest, and at once by whoever meets an unknown kid (milliseconds). */
const LOOK_MS = 1_000;

/**
 * Keys in files under `DATA_DIR/keys` (folder 0700, files 0600), made on first use: `<name>.jwk` is the newest,
 * `<name>.previous.jwk` the one it replaces while both live, `<name>.public.jwks` is for processes that must not sign.
 * Every process looks for changed files by itself, so a rotation needs no restart and no message. Throws KeyFileError.
 */
export class FileKeys implements KeyProvider {
  readonly #options: FileKeysOptions;
  readonly #folder: KeyFolder;
  readonly #held = new Map<KeyName, Seen<SigningKey>>();
  readonly #foreign = new Map<KeyName, Seen<VerificationKey>>();
  readonly #secrets = new Map<SecretName, Seen<SecretKey>>();

  constructor(options: FileKeysOptions) {
    this.#options = options;
    this.#folder = new KeyFolder(options.folder);
  }

  /** What signs now, in this process. */
  signingKey(name: KeyName): SigningKey {
    return signerOf(name, this.#hold(name), Date.now())!.key;
  }

  signer(name: KeyName): SigningKey {
    return this.signingKey(name);
  }

  /** Keys that verify what the name signed, by kid; asked for one that it does not have, it looks for new files first. */
  verificationKeys(name: KeyName): Map<string, VerificationKey> {
    return new Looking(() => this.#public(name), () => this.#lookAgain(name));
  }

  async sign(name: KeyName, bytes: Uint8Array, kid?: string): Promise<Buffer> {
    if (kid === undefined) return this.signingKey(name).sign(bytes);
    const key = liveOf(name, this.#hold(name), Date.now()).find((one) => one.kid === kid);
    if (!key) throw new KeyFileError(`The ${name} key ${kid} is no longer held; it was rotated away.`);
    return key.key.sign(bytes);
  }

  async publicKeys(name: KeyName): Promise<VerificationKey[]> {
    return this.#public(name);
  }

  /** The secret's live values, the current one first; made on first use. */
  secretKeys(name: SecretName): [SecretKey, ...SecretKey[]] {
    return signerFirst(name, this.#secret(name), Date.now()).map(({ key }) => key) as [SecretKey, ...SecretKey[]];
  }

  wrapper(name: SecretName): Wrapper {
    return {
      wrap: (dataKey, context) => {
        // What is wrapped is kept for long: under a key that was ended within the last second nothing would open it again.
        this.#lookAgain(name);
        const [current] = this.secretKeys(name);
        noteKeyUse(name, current.id);
        return wrapDataKey(current, dataKey, context);
      },
      unwrap: (wrapped, context) => {
        if (!this.secretKeys(name).some(({ id }) => id === wrapped.keyId)) this.#lookAgain(name);
        const opened = unwrapDataKey(this.secretKeys(name), wrapped, context);
        if (opened.ok) noteKeyUse(name, wrapped.keyId);
        return opened;
      },
    };
  }

  async list(name: KeyName | SecretName): Promise<KeyInfo[]> {
    const held = this.#mayHold(name);
    const keys: Dated<unknown>[] = held ? (isKeyName(name) ? this.#hold(name) : this.#secret(name)) : this.#knownOf(name);
    return infoOf(name, keys, (at) => this.#folder.madeAt(!held ? this.#folder.known(name) : at === 0 ? this.#folder.current(name) : this.#folder.previous(name)), Date.now());
  }

  /**
   * The old key stays live as the previous one. Each step leaves a folder that works: who only verifies learns of the new key
   * first, then the old one is kept aside, then the new one takes its place. One rotation at a time, by the caller.
   */
  async rotate(name: KeyName | SecretName, when: { signsFrom: Date; overlapUntil: Date }): Promise<Rotation> {
    // What was seen up to a second ago would hide a rotation of somebody else's, and this one would destroy the key put aside by it.
    this.#forget(name);
    const [current, previous] = await this.list(name);
    if (previous) throw new KeyFileError(`The ${name} key was rotated before, and the one it replaced is still live.`);
    const kid = isKeyName(name) ? this.#rotateKey(name, when) : this.#rotateSecret(name, when);
    return { kid, previousKid: current!.kid, ...when };
  }

  async retire(name: KeyName | SecretName, { ended = false } = {}): Promise<{ kid: string } | undefined> {
    this.#forget(name);
    const keys: Dated<unknown>[] = isKeyName(name) ? this.#hold(name) : this.#secret(name);
    const previous = keys[1];
    if (!previous || (ended && liveOf(name, keys, Date.now()).includes(previous))) return undefined;
    if (name === 'checkpoint') this.#keepPublic(name, previous as Dated<SigningKey>);
    removeSecretFile(this.#folder.previous(name));
    this.#forget(name);
    if (isKeyName(name)) this.#hold(name);
    else this.#secret(name);
    return { kid: previous.kid };
  }

  refresh(): void {
    this.#held.clear();
    this.#foreign.clear();
    this.#secrets.clear();
  }

  /** Public halves that were retired, for whoever checks what they signed; they verify nothing here. */
  retiredKeys(name: KeyName): VerificationKey[] {
    const text = readSecretFile(this.#folder.retired(name));
    return text === undefined ? [] : readPublicKeySet(this.#folder.retired(name), text).map(({ key }) => key);
  }

  #rotateKey(name: KeyName, { signsFrom, overlapUntil }: { signsFrom: Date; overlapUntil: Date }): string {
    const old = readPrivateKey(name, readSecretFile(this.#folder.current(name))!);
    const next = readPrivateKey(name, writePrivateKey(generatePrivateJwk(), { createdAt: new Date().toISOString(), signsFrom: signsFrom.toISOString() }));
    const dates = { ...old.dates, createdAt: old.dates.createdAt ?? this.#folder.madeAt(this.#folder.current(name)).toISOString(), overlapUntil: overlapUntil.toISOString() };
    this.#folder.publish(this.#folder.known(name), writePublicKeys([next, { ...old, dates }]));
    replaceSecretFile(this.#folder.previous(name), writePrivateKey(old.jwk, dates));
    replaceSecretFile(this.#folder.current(name), writePrivateKey(next.jwk, next.dates));
    this.#forget(name);
    this.#hold(name);
    return next.kid;
  }

  #rotateSecret(name: SecretName, { signsFrom, overlapUntil }: { signsFrom: Date; overlapUntil: Date }): string {
    const old = readSecretKey(name, readSecretFile(this.#folder.current(name))!);
    const next = readSecretKey(name, writeSecretKey(generateSecretKey(), { createdAt: new Date().toISOString(), signsFrom: signsFrom.toISOString() }));
    const dates = { ...old.dates, createdAt: old.dates.createdAt ?? this.#folder.madeAt(this.#folder.current(name)).toISOString(), overlapUntil: overlapUntil.toISOString() };
    replaceSecretFile(this.#folder.previous(name), writeSecretKey(old.key.bytes, dates));
    replaceSecretFile(this.#folder.current(name), writeSecretKey(next.key.bytes, next.dates));
    this.#forget(name);
    this.#secret(name);
    return next.kid;
  }

  #keepPublic(name: KeyName, key: Dated<SigningKey>): void {
    const kept = readSecretFile(this.#folder.retired(name));
    const keys = kept === undefined ? [] : (JSON.parse(kept) as { keys: { kid: string }[] }).keys.filter(({ kid }) => kid !== key.kid);
    replaceSecretFile(this.#folder.retired(name), `${JSON.stringify({ keys: [...keys, { ...key.key.publicJwk, ...key.dates }] })}\n`);
  }

  #mayHold(name: KeyName | SecretName): boolean {
    return isKeyName(name) ? this.#options.holds.includes(name) : (this.#options.secrets ?? []).includes(name);
  }

  #forget(name: KeyName | SecretName): void {
    this.#held.delete(name as KeyName);
    this.#foreign.delete(name as KeyName);
    this.#secrets.delete(name as SecretName);
  }

  /** Anybody can ask for a key that there is none of, so this costs no more than a look at the files' dates. */
  #lookAgain(name: KeyName | SecretName): void {
    for (const seen of [this.#held.get(name as KeyName), this.#foreign.get(name as KeyName), this.#secrets.get(name as SecretName)]) if (seen) seen.lookedAt = Number.NEGATIVE_INFINITY;
  }

  #hold(name: KeyName): Dated<SigningKey>[] {
    if (!this.#mayHold(name)) throw new KeyFileError(`This process may not hold the ${name} key.`);
    return this.#seen(this.#held, name, true, () => {
      // The current one is read first: whoever replaces it has put the old one aside before.
      const current = readPrivateKey(name, readOrCreateSecretFile(this.#folder.current(name), () => writePrivateKey(generatePrivateJwk(), { createdAt: new Date().toISOString() })));
      const previous = readSecretFile(this.#folder.previous(name));
      const older = previous === undefined ? undefined : readPrivateKey(`${name}.previous`, previous);
      // In the middle of a rotation both files hold the same key.
      const keys = (older && older.kid !== current.kid ? [current, older] : [current]).map(({ kid, key, dates }) => ({ kid, dates, key: counting(name, key) }));
      this.#folder.publish(this.#folder.known(name), writePublicKeys(keys));
      return keys;
    });
  }

  #secret(name: SecretName): Dated<SecretKey>[] {
    if (!this.#mayHold(name)) throw new KeyFileError(`This process may not read the ${name} secret.`);
    return this.#seen(this.#secrets, name, true, () => {
      const current = readSecretKey(name, readOrCreateSecretFile(this.#folder.current(name), () => writeSecretKey(generateSecretKey(), { createdAt: new Date().toISOString() })));
      const previous = readSecretFile(this.#folder.previous(name));
      const older = previous === undefined ? undefined : readSecretKey(`${name}.previous`, previous);
      const keys = older && older.kid !== current.kid ? [current, older] : [current];
      this.#folder.publish(this.#folder.known(name), writeSecretIds(keys));
      return keys;
    });
  }

  #public(name: KeyName): VerificationKey[] {
    const held = this.#mayHold(name);
    const keys: Dated<VerificationKey>[] = held ? this.#hold(name).map(({ kid, dates, key }) => ({ kid, dates, key: verifierOf(key) })) : (this.#knownOf(name) as Dated<VerificationKey>[]);
    return signerFirst(name, keys, Date.now()).map(({ key }) => key);
  }

  #knownOf(name: KeyName | SecretName): Dated<VerificationKey | undefined>[] {
    const file = this.#folder.known(name);
    const read = () => readSecretFile(file);
    if (isSecretName(name)) { const text = read(); return text === undefined ? [] : readSecretIds(file, text); }
    return this.#seen(this.#foreign, name, false, () => { const text = read(); return text === undefined ? [] : readPublicKeySet(file, text); });
  }

  /** What was read of a name before, as long as its files have not changed since. */
  #seen<N extends KeyName | SecretName, T>(memory: Map<N, Seen<T>>, name: N, held: boolean, read: () => Dated<T>[]): Dated<T>[] {
    const known = memory.get(name);
    const now = performance.now();
    if (known && now - known.lookedAt < LOOK_MS) return known.keys;
    let print = this.#folder.print(name, held);
    if (known?.print === print) {
      known.lookedAt = now;
      return known.keys;
    }
    let keys = read();
    // A rotation in the middle of this read must not leave an old view behind, nor publish one.
    for (let after = this.#folder.print(name, held); after !== print; after = this.#folder.print(name, held)) {
      print = after;
      keys = read();
    }
    memory.set(name, { print, lookedAt: now, keys });
    return keys;
  }
}

/** The live public keys by kid. One that is asked for and missing may have been made a moment ago. */
class Looking extends Map<string, VerificationKey> {
  constructor(private readonly read: () => VerificationKey[], private readonly lookAgain: () => void) {
    super();
    for (const key of read()) super.set(key.kid, key);
  }

  override get(kid: string): VerificationKey | undefined {
    const known = super.get(kid);
    if (known) return known;
    this.lookAgain();
    return this.read().find((key) => key.kid === kid);
  }
}

const verifiers = new WeakMap<object, VerificationKey>();

function verifierOf(key: SigningKey): VerificationKey {
  let made = verifiers.get(key);
  if (!made) verifiers.set(key, (made = readPublicJwk(key.publicJwk) as VerificationKey));
  return made;
}

const counting = (name: KeyName, key: SigningKey): SigningKey => ({ kid: key.kid, publicJwk: key.publicJwk, sign: (bytes) => { noteKeyUse(name, key.kid); return key.sign(bytes); } });
