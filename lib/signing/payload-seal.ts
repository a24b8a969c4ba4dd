import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomFillSync } from 'node:crypto';
import type { SecretKey } from './key-material';
import type { Wrapper } from './keys';

/** A session's data key as it is stored: only whoever holds the wrapping key of that id can open it. */
export type WrappedKey = { keyId: string; bytes: Buffer };

export type OpenResult = { ok: true; bytes: Buffer } | { ok: false; reason: 'malformed' | 'unknown_key' | 'refused' };

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/** Makes a session's data key (AES-256) and wraps it. `context` is the session's id: a key moved to another session's row won't open. */
export async function createDataKey(wrapper: Wrapper, context: string): Promise<{ dataKey: Buffer; wrapped: WrappedKey }> {
  const dataKey = randomBytes(32);
  return { dataKey, wrapped: await wrapper.wrap(dataKey, context) };
}

export function wrapDataKey(wrapping: SecretKey, dataKey: Buffer, context: string): WrappedKey {
  return { keyId: wrapping.id, bytes: sealPayload(wrapping.bytes, dataKey, wrapAad(wrapping.id, context)) };
}

/** Opens a wrapped data key with whichever of the live wrapping keys wrapped it. */
export function unwrapDataKey(wrappingKeys: readonly SecretKey[], wrapped: WrappedKey, context: string): OpenResult {
  const key = wrappingKeys.find(({ id }) => id === wrapped.keyId);
  if (!key) return { ok: false, reason: 'unknown_key' };
  return openPayload(key.bytes, wrapped.bytes, wrapAad(key.id, context));
}

/**
 * Seals bytes with AES-256-GCM: version, random 96-bit nonce, ciphertext, tag. `aad` names where the bytes belong (stream,
 * seq, part), so that a row's payload cannot be swapped for another's. One data key a session keeps the count of nonces
 * far below 2^32.
 */
export function sealPayload(dataKey: Buffer, bytes: Uint8Array, aad: string | Buffer): Buffer {
  const nonce = takeRandom(NONCE);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG });
  cipher.setAAD(typeof aad === 'string' ? Buffer.from(aad) : aad);
  const sealed = cipher.update(bytes);
  return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

/** Opens what sealPayload made; `refused` when key, place or any bit differs. Never throws for what was sealed. */
export function openPayload(dataKey: Buffer, sealed: Buffer, aad: string | Buffer): OpenResult {
  if (sealed.length < 1 + NONCE + TAG || sealed[0] !== VERSION) return { ok: false, reason: 'malformed' };
  const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(typeof aad === 'string' ? Buffer.from(aad) : aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const bytes = decipher.update(sealed.subarray(1 + NONCE, sealed.length - TAG));
  try {
    decipher.final();
  } catch {
    return { ok: false, reason: 'refused' };
  }
  return { ok: true, bytes };
}

/** A fresh salt for one payload's MAC; destroyed with it, after which nobody can guess the payload by trying. */
export function newSalt(): Buffer {
  return takeRandom(32);
}

/** Random bytes fetched in bulk: one call of the system for some two hundred payloads. What was handed out is wiped here. */
const drawn = Buffer.alloc(8_192);
let used = drawn.length;
function takeRandom(size: number): Buffer {
  if (used + size > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const taken = Buffer.from(drawn.subarray(used, used + size));
  drawn.fill(0, used, used + size);
  used += size;
  return taken;
}

/** What an event says of its payload: HMAC-SHA256 of the canonical bytes under the payload's own salt. */
export function payloadMac(salt: Buffer, canonicalBytes: Uint8Array | string): Buffer {
  return createHmac('sha256', salt).update(canonicalBytes).digest();
}

const wrapAad = (keyId: string, context: string) => `countersign data key\0${keyId}\0${context}`;
