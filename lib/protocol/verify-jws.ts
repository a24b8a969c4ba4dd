import { verify } from 'node:crypto';
import { decodeBase64url } from './base64url';
import type { JsonValue } from './canonical-json';
import type { KeySet } from './ed25519-key';
import { parseStrictJson } from './strict-json';

/** Why a signed message was refused; for logs and tests. A stranger is told only that it was. */
export type JwsRefusal =
  | 'too_large'
  | 'malformed'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'refused_header'
  | 'unknown_key'
  | 'bad_signature'
  | 'bad_payload';

export type JsonObject = { readonly [key: string]: JsonValue };
export type JwsResult = { ok: true; payload: JsonObject; kid: string } | { ok: false; reason: JwsRefusal };

/** `typ` is compared exactly (undefined: the header must have none); `maxBytes` counts the whole compact text. */
export type JwsExpectation = { keys: KeySet; typ: string | undefined; maxBytes?: number };

const MAX_BYTES = 64 * 1024;

/** Header members that would let a message choose its own key or its own rules. */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'] as const;

/**
 * Checks a compact JWS: EdDSA only, exact `typ`, a key that we already hold by its kid, strict base64url, and a payload
 * that is a strict JSON object. Nothing of the payload is looked at before the signature holds. Never throws.
 */
export function verifyJws(token: string, { keys, typ, maxBytes = MAX_BYTES }: JwsExpectation): JwsResult {
  if (token.length > maxBytes) return { ok: false, reason: 'too_large' };
  const parts = token.split('.', 4);
  if (parts.length !== 3) return { ok: false, reason: 'malformed' };
  const [protectedHeader, body, tail] = parts as [string, string, string];

  const header = readJwsHeader(protectedHeader);
  if (!header.ok) return header;
  if (header.typ !== typ) return { ok: false, reason: 'wrong_type' };
  // A set of one key may answer to no name; an ordinary set of keys has none of that name.
  const key = keys.get(header.kid ?? '');
  if (!key) return { ok: false, reason: 'unknown_key' };

  const payload = decodeBase64url(body);
  const signature = decodeBase64url(tail);
  if (!payload || signature?.length !== 64) return { ok: false, reason: 'malformed' };
  const signed = Buffer.from(token.slice(0, protectedHeader.length + 1 + body.length), 'latin1');
  if (!verify(null, signed, key.key, signature)) return { ok: false, reason: 'bad_signature' };

  const parsed = parseStrictJson(payload, { maxBytes });
  if (!parsed.ok || !isObject(parsed.value)) return { ok: false, reason: 'bad_payload' };
  return { ok: true, payload: parsed.value, kid: key.kid };
}

/** What a token claims, with nothing checked: to explain a refusal or find the right key, never to act on. */
export function readUnverifiedJws(token: string): JwsResult {
  const [protectedHeader = '', body = ''] = token.split('.', 4);
  const header = readJwsHeader(protectedHeader);
  if (!header.ok) return header;
  const payload = decodeBase64url(body);
  const parsed = payload && parseStrictJson(payload);
  if (!parsed?.ok || !isObject(parsed.value)) return { ok: false, reason: 'bad_payload' };
  return { ok: true, payload: parsed.value, kid: header.kid ?? '' };
}

/** What a header says, before anything is believed: its type and the name of the key it claims. */
export function readJwsHeader(segment: string): { ok: true; typ?: string; kid?: string } | { ok: false; reason: JwsRefusal } {
  const bytes = segment.length > 2048 ? undefined : decodeBase64url(segment);
  const parsed = bytes && parseStrictJson(bytes, { maxDepth: 4 });
  if (!parsed?.ok || !isObject(parsed.value)) return { ok: false, reason: 'malformed' };
  const header = parsed.value;
  if (header.alg !== 'EdDSA') return { ok: false, reason: 'wrong_algorithm' };
  if (REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))) return { ok: false, reason: 'refused_header' };
  const { typ, kid } = header;
  if (typ !== undefined && typeof typ !== 'string') return { ok: false, reason: 'wrong_type' };
  if (kid !== undefined && typeof kid !== 'string') return { ok: false, reason: 'unknown_key' };
  return { ok: true, ...(typ === undefined ? {} : { typ }), ...(kid === undefined ? {} : { kid }) };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
