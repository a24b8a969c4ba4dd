import { z } from 'zod';
import { decodeBase64url } from '@/lib/protocol/base64url';
import type { KeySet, VerificationKey } from '@/lib/protocol/ed25519-key';
import { CLOCK_LEEWAY_S } from '@/lib/protocol/limits';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { type JwsRefusal, readJwsHeader, verifyJws } from '@/lib/protocol/verify-jws';

/** Types an assertion may carry: RFC 7523 asks for none, and later drafts for one of their own. Never that of a token of ours. */
const TYPES = new Set([undefined, 'JWT', 'client-authentication+jwt']);
/** An assertion is made for one request; a long-lived one is a password in disguise. */
const MAX_LIFETIME_S = 300;
const MAX_BYTES = 8_192;

const claimsSchema = z.object({
  iss: z.string().min(1).max(256),
  sub: z.string().min(1).max(256),
  aud: z.union([z.string(), z.array(z.string()).min(1).max(8)]),
  exp: z.number(),
  jti: z.string().min(1).max(256),
  iat: z.number().optional(),
  nbf: z.number().optional(),
});

export type AssertionRefusal = JwsRefusal | 'bad_claims' | 'wrong_client' | 'wrong_audience' | 'not_yet_valid' | 'expired' | 'too_long';
export type AssertionResult =
  /** `jti` must now be taken once by the caller, and remembered until `replayUntil`. */
  { ok: true; clientId: string; jti: string; replayUntil: Date } | { ok: false; reason: AssertionRefusal };

export type AssertionExpectation = {
  clientId: string;
  /** The client's registered keys, by kid. */
  keys: ReadonlyMap<string, VerificationKey>;
  /** What may stand in `aud`: the issuer or the token endpoint's address. */
  audiences: readonly string[];
  now: Date;
};

/** Whom an assertion claims to be, unverified: only for finding the keys to check it with. */
export function claimedClient(assertion: string): string | undefined {
  if (assertion.length > MAX_BYTES) return undefined;
  const bytes = decodeBase64url(assertion.split('.', 3)[1] ?? '');
  const parsed = bytes && parseStrictJson(bytes);
  const claims = parsed?.ok ? claimsSchema.safeParse(parsed.value) : undefined;
  return claims?.success ? claims.data.sub : undefined;
}

/** Checks an RFC 7523 client assertion signed with Ed25519. Never throws. */
export function verifyClientAssertion(assertion: string, expected: AssertionExpectation): AssertionResult {
  if (assertion.length > MAX_BYTES) return { ok: false, reason: 'too_large' };
  const header = readJwsHeader(assertion.split('.', 1)[0] ?? '');
  if (!header.ok) return header;
  if (!TYPES.has(header.typ)) return { ok: false, reason: 'wrong_type' };
  const jws = verifyJws(assertion, { keys: keysFor(header.kid, expected.keys), typ: header.typ, maxBytes: MAX_BYTES });
  if (!jws.ok) return jws;

  const parsed = claimsSchema.safeParse(jws.payload);
  if (!parsed.success) return { ok: false, reason: 'bad_claims' };
  const claims = parsed.data;
  const now = expected.now.getTime() / 1000;
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  if (claims.iss !== claims.sub || claims.sub !== expected.clientId) return { ok: false, reason: 'wrong_client' };
  if (!audiences.some((audience) => expected.audiences.includes(audience))) return { ok: false, reason: 'wrong_audience' };
  if (Math.max(claims.iat ?? 0, claims.nbf ?? 0) > now + CLOCK_LEEWAY_S) return { ok: false, reason: 'not_yet_valid' };
  if (claims.exp <= now - CLOCK_LEEWAY_S) return { ok: false, reason: 'expired' };
  if (claims.exp > now + MAX_LIFETIME_S + CLOCK_LEEWAY_S) return { ok: false, reason: 'too_long' };
  return { ok: true, clientId: claims.sub, jti: claims.jti, replayUntil: new Date((claims.exp + CLOCK_LEEWAY_S) * 1000) };
}

/** A client with one registered key need not name it. */
function keysFor(kid: string | undefined, keys: ReadonlyMap<string, VerificationKey>): KeySet {
  const [only] = keys.values();
  return kid === undefined && keys.size === 1 && only ? { get: () => only } : keys;
}
