import { encodeBase64url } from '@/lib/protocol/base64url';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { KeyProvider, KeyName, Signer } from './keys';
import type { SigningKey } from './signing-key';

/**
 * Signs a payload as a compact JWS (EdDSA). The payload is written as canonical JSON: Ed25519 is deterministic, so the
 * same payload under the same key is the same text everywhere, which is what makes published test vectors possible.
 */
export function signJws(key: SigningKey, typ: string, payload: object): string;
/** The same by a key that may live elsewhere: at once where it can, later where it must. */
export function signJws(key: Signer, typ: string, payload: object): string | Promise<string>;
export function signJws(key: Signer, typ: string, payload: object): string | Promise<string> {
  const signed = signingInput(key.kid, typ, payload);
  const signature = key.sign(Buffer.from(signed, 'latin1'));
  return signature instanceof Promise ? signature.then((bytes) => `${signed}.${encodeBase64url(bytes)}`) : `${signed}.${encodeBase64url(signature)}`;
}

/** The same by a provider that may live elsewhere; its current key signs. */
export async function signJwsWith(keys: KeyProvider, name: KeyName, typ: string, payload: object): Promise<string> {
  const [current] = await keys.publicKeys(name);
  if (!current) throw new Error(`There is no ${name} key to sign with.`);
  const signed = signingInput(current.kid, typ, payload);
  return `${signed}.${encodeBase64url(await keys.sign(name, Buffer.from(signed, 'latin1'), current.kid))}`;
}

function signingInput(kid: string, typ: string, payload: object): string {
  return `${headerSegment(kid, typ)}.${encodeBase64url(canonicalJson(payload))}`;
}

const headers = new Map<string, string>();

/** What a token signed with that key begins with. */
export const jwsHeader = (kid: string, typ: string): string => headerSegment(kid, typ);

/** A process signs with a handful of keys and types, so their headers are written once. */
function headerSegment(kid: string, typ: string): string {
  const name = `${typ} ${kid}`;
  let segment = headers.get(name);
  if (segment === undefined) {
    if (headers.size > 100) headers.clear();
    segment = encodeBase64url(canonicalJson({ alg: 'EdDSA', kid, typ }));
    headers.set(name, segment);
  }
  return segment;
}

export { type JwsRefusal, type JwsResult, verifyJws } from '@/lib/protocol/verify-jws';
