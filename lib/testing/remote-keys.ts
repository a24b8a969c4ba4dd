import { readPublicJwk, type VerificationKey } from '@/lib/protocol/ed25519-key';
import {
  endsByTime, generatePrivateJwk, isKeyName, secretNames, keyNames, signingKey, signsWithPrevious, unwrapDataKey, wrapDataKey,
  type KeyInfo, type KeyName, type KeyProvider, type Rotation, type SecretName, type Signer, type SigningKey, type Wrapper,
} from '@/lib/signing';
import { randomBytes } from 'node:crypto';

type Name = KeyName | SecretName;
type Kept = { kid: string; sign?: SigningKey; bytes?: Buffer; createdAt: Date; signsFrom: Date; overlapUntil?: Date };

/** A key service as a cloud offers one: whoever calls it gets signatures and public halves, after a while, and never a key. */
class KeyService {
  readonly #kept = new Map<Name, Kept[]>();
  calls = 0;

  constructor() { for (const name of [...keyNames, ...secretNames]) this.#kept.set(name, [make(name, new Date())]); }

  async #answer<T>(work: () => T): Promise<T> {
    this.calls++;
    await new Promise((resolve) => setImmediate(resolve));
    return work();
  }

  sign = (name: KeyName, kid: string, bytes: Uint8Array) => this.#answer(() => this.#find(name, kid).sign!.sign(bytes));
  wrap = (name: SecretName, dataKey: Buffer, context: string) => this.#answer(() => wrapDataKey(secretOf(this.#kept.get(name)![0]!), dataKey, context));
  unwrap = (name: SecretName, wrapped: { keyId: string; bytes: Buffer }, context: string) => this.#answer(() => unwrapDataKey(this.#kept.get(name)!.map(secretOf), wrapped, context));

  describe = (name: Name) => this.#answer(() => this.#live(name).map(({ kid, sign, createdAt, signsFrom, overlapUntil }) => ({ kid, createdAt, signsFrom, ...(overlapUntil ? { overlapUntil } : {}), ...(sign ? { jwk: sign.publicJwk } : {}) })));

  rotate = (name: Name, when: { signsFrom: Date; overlapUntil: Date }): Promise<Rotation> => this.#answer(() => {
    const [old, older] = this.#live(name);
    if (older) throw new Error(`The ${name} key was rotated before.`);
    const next = make(name, when.signsFrom);
    this.#kept.set(name, [next, { ...old!, overlapUntil: when.overlapUntil }]);
    return { kid: next.kid, previousKid: old!.kid, ...when };
  });

  retire = (name: Name, ended: boolean) => this.#answer(() => {
    const [current, previous] = this.#kept.get(name)!;
    if (ended && this.#live(name).includes(previous!)) return undefined;
    this.#kept.set(name, [current!]);
    return previous ? { kid: previous.kid } : undefined;
  });

  #live(name: Name): Kept[] {
    return this.#kept.get(name)!.filter(({ overlapUntil }, at) => at === 0 || !endsByTime.has(name) || Date.now() < overlapUntil!.getTime());
  }

  #find(name: KeyName, kid: string): Kept {
    const key = this.#live(name).find((one) => one.kid === kid);
    if (!key) throw new Error(`There is no ${name} key ${kid}.`);
    return key;
  }
}

const secretOf = (kept: Kept) => ({ id: kept.kid, bytes: kept.bytes! });

function make(name: Name, signsFrom: Date): Kept {
  const at = { createdAt: new Date(), signsFrom };
  if (!isKeyName(name)) return { kid: randomBytes(8).toString('hex'), bytes: randomBytes(32), ...at };
  const sign = signingKey(generatePrivateJwk());
  return { kid: sign.kid, sign, ...at };
}

type View = { kid: string; createdAt: Date; signsFrom: Date; overlapUntil?: Date; jwk?: object };

/** The provider that stands in front of such a service: it holds a view of the public halves, and asks for everything else. */
export class RemoteKeys implements KeyProvider {
  readonly #service = new KeyService();
  readonly #views = new Map<Name, View[]>();

  /** Looks once, so that there is a view to begin with. */
  static async connect(): Promise<RemoteKeys> {
    const keys = new RemoteKeys();
    await keys.refresh();
    return keys;
  }

  get calls(): number { return this.#service.calls; }

  async sign(name: KeyName, bytes: Uint8Array, kid?: string): Promise<Buffer> {
    return this.#service.sign(name, kid ?? this.signer(name).kid, bytes);
  }

  signer(name: KeyName): Signer {
    const { kid } = this.#first(name)[0]!;
    return { kid, sign: (bytes) => this.#service.sign(name, kid, bytes) };
  }

  async publicKeys(name: KeyName): Promise<VerificationKey[]> {
    await this.#look(name);
    return [...this.verificationKeys(name).values()];
  }

  verificationKeys(name: KeyName): Map<string, VerificationKey> {
    return new Map(this.#first(name).map(({ kid, jwk }) => [kid, readPublicJwk(jwk)!]));
  }

  wrapper(name: SecretName): Wrapper {
    return { wrap: (dataKey, context) => this.#service.wrap(name, dataKey, context), unwrap: (wrapped, context) => this.#service.unwrap(name, wrapped, context) };
  }

  async list(name: Name): Promise<KeyInfo[]> {
    await this.#look(name);
    const signs = this.#first(name)[0];
    return this.#live(name).map((one, at) => ({
      kid: one.kid, createdAt: one.createdAt, state: one === signs ? 'signs' : at === 0 ? 'waits' : 'verifies',
      ...(at === 0 && one !== signs ? { signsFrom: one.signsFrom } : {}), ...(one.overlapUntil ? { overlapUntil: one.overlapUntil } : {}),
    }));
  }

  async rotate(name: Name, when: { signsFrom: Date; overlapUntil: Date }): Promise<Rotation> {
    const rotation = await this.#service.rotate(name, when);
    await this.#look(name);
    return rotation;
  }

  async retire(name: Name, { ended = false } = {}): Promise<{ kid: string } | undefined> {
    const retired = await this.#service.retire(name, ended);
    await this.#look(name);
    return retired;
  }

  async refresh(): Promise<void> {
    for (const name of [...keyNames, ...secretNames]) await this.#look(name);
  }

  async #look(name: Name): Promise<void> { this.#views.set(name, await this.#service.describe(name)); }

  #live(name: Name): View[] {
    return this.#views.get(name)!.filter(({ overlapUntil }, at) => at === 0 || !endsByTime.has(name) || Date.now() < overlapUntil!.getTime());
  }

  #first(name: Name): View[] {
    const [current, previous] = this.#live(name);
    return !previous ? [current!] : signsWithPrevious.has(name) || Date.now() < current!.signsFrom.getTime() ? [previous, current!] : [current!, previous];
  }
}
