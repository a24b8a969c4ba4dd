import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { decodeBase64url } from '@/lib/protocol/base64url';
import { type VerificationKey, readJwks, readPublicJwk } from '@/lib/protocol/ed25519-key';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { KeyFileError } from './key-file';
import { type PrivateJwk, type SigningKey, signingKey } from './signing-key';

/** A 256-bit secret and the id by which what it sealed names it. */
export type SecretKey = { id: string; bytes: Buffer };

/** What is kept beside a key: none of it is secret. */
export type KeyDates = { createdAt?: string | undefined; signsFrom?: string | undefined; overlapUntil?: string | undefined };
export type Dated<T> = { kid: string; dates: KeyDates; key: T };

const datesSchema = z.object({ createdAt: z.iso.datetime().optional(), signsFrom: z.iso.datetime().optional(), overlapUntil: z.iso.datetime().optional() });
const datesOf = (value: unknown): KeyDates => datesSchema.safeParse(value).data ?? {};
const writeJson = (value: unknown) => `${JSON.stringify(value)}\n`;

export const writePrivateKey = (jwk: PrivateJwk, dates: KeyDates) => writeJson({ ...jwk, ...dates });

export function readPrivateKey(name: string, text: string): Dated<SigningKey> & { jwk: PrivateJwk } {
  const parsed = parseStrictJson(text);
  if (parsed.ok) {
    try {
      const { kty, crv, x, d, alg, use, kid } = parsed.value as unknown as PrivateJwk;
      const key = signingKey({ kty, crv, x, d, alg, use, kid });
      return { kid: key.kid, key, dates: datesOf(parsed.value), jwk: { ...key.publicJwk, d } };
    } catch {
      // The cause may quote the key; the sentence below says enough.
    }
  }
  throw new KeyFileError(`The key file of ${name} is damaged: it is not an Ed25519 private key. Put back a copy, or move it away to have a new one made.`);
}

export const writePublicKeys = (keys: readonly Dated<SigningKey>[]) => writeJson({ keys: keys.map(({ key, dates }) => ({ ...key.publicJwk, ...dates })) });

export function readPublicKeySet(file: string, text: string): Dated<VerificationKey>[] {
  const parsed = parseStrictJson(text);
  if (!parsed.ok || !readJwks(parsed.value)) throw new KeyFileError(`${file} is not a set of public keys.`);
  return (parsed.value as { keys: unknown[] }).keys.flatMap((jwk) => {
    const key = readPublicJwk(jwk);
    return key ? [{ kid: key.kid, key, dates: datesOf(jwk) }] : [];
  });
}

/** A secret's first line is the secret, the second what is known about it. */
export const writeSecretKey = (bytes: Buffer, dates: KeyDates) => `${bytes.toString('base64url')}\n${JSON.stringify(dates)}\n`;
export const generateSecretKey = () => randomBytes(32);

export function readSecretKey(name: string, text: string): Dated<SecretKey> {
  const [first = '', second = ''] = text.split('\n');
  const bytes = decodeBase64url(first.trim());
  if (bytes?.length !== 32) throw new KeyFileError(`The secret file of ${name} is damaged: it must hold 32 bytes in base64url. Put back a copy.`);
  const id = createHash('sha256').update('countersign key id\0').update(bytes).digest('hex').slice(0, 16);
  const parsed = second === '' ? undefined : parseStrictJson(second);
  return { kid: id, key: { id, bytes }, dates: parsed?.ok ? datesOf(parsed.value) : {} };
}

const secretIdsSchema = z.array(z.object({ kid: z.string() }));

/** What others may know of secrets: their ids and dates. */
export const writeSecretIds = (keys: readonly Dated<SecretKey>[]) => writeJson(keys.map(({ kid, dates }) => ({ kid, ...dates })));

export function readSecretIds(file: string, text: string): Dated<undefined>[] {
  const parsed = parseStrictJson(text);
  const ids = parsed.ok ? secretIdsSchema.safeParse(parsed.value) : undefined;
  if (!ids?.success) throw new KeyFileError(`${file} is not a list of key ids.`);
  return (parsed as unknown as { value: unknown[] }).value.map((one, at) => ({ kid: ids.data[at]!.kid, dates: datesOf(one), key: undefined }));
}
