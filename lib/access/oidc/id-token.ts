import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { OidcConfig } from '@/lib/env';
import { oidcFailure, oidcFailureOf } from './failure';
import { callProvider, parseJson, type OidcProvider } from './provider';

/** Clocks of two machines. */
const LEEWAY_S = 30;
/** Tokens are looked at as soon as they are made; an old one was kept by somebody. */
const MAX_AGE_S = 10 * 60;

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });
/** As long as what the provider says about itself: a key that it took back must not go on opening doors here. */
const KEPT_MS = 10 * 60_000;
const kept = new Map<string, { at: number; keys: JSONWebKeySet }>();

export type KeySource = (again: boolean) => Promise<JSONWebKeySet>;

/**
 * What an ID token says, once everything about it holds: signature by a key that the issuer publishes now and an algorithm that both sides
 * allow, issuer, audience, authorised party, time, and the nonce of this very sign-in. Throws a failure that says which of them did not.
 */
export async function verifyIdToken(token: string, expected: { provider: OidcProvider; clientId: string; nonce: string; now: Date }, keys: KeySource): Promise<JWTPayload & { sub: string }> {
  const { provider, clientId, nonce, now } = expected;
  const check = async (again: boolean) => jwtVerify(token, createLocalJWKSet(await keys(again)), {
    issuer: provider.issuer, audience: clientId, algorithms: provider.algorithms, clockTolerance: LEEWAY_S, maxTokenAge: MAX_AGE_S, currentDate: now,
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'nonce'],
  });
  const payload = await check(false).catch((error: unknown) => {
    // The provider may have changed its keys since they were read. Once more with those of now, and no third time.
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) return check(true);
    throw error;
  }).then((verified) => verified.payload, (error: unknown) => { throw refusal(error); });
  const { sub, aud, azp } = payload;
  if (payload.nonce !== nonce) throw oidcFailure('oidc_refused', 'ID token: the nonce is of another sign-in');
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) throw oidcFailure('oidc_refused', 'ID token: the subject is missing or too long');
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined) throw oidcFailure('oidc_refused', 'ID token: made for several parties, and azp is missing');
  if (azp !== undefined && azp !== clientId) throw oidcFailure('oidc_refused', 'ID token: azp is another client');
  return { ...payload, sub };
}

/** The keys that the provider publishes, read at most ten minutes ago; `again` reads them anew. */
export function providerKeys(config: OidcConfig, provider: OidcProvider, allowLoopback: boolean, now: Date): KeySource {
  return async (again) => {
    const before = kept.get(provider.jwksUrl);
    if (before && !again && now.getTime() - before.at < KEPT_MS && now.getTime() >= before.at) return before.keys;
    const answer = await callProvider(config, allowLoopback, { url: provider.jwksUrl, method: 'GET' });
    const parsed = jwksSchema.safeParse(parseJson(answer.text));
    if (answer.status !== 200 || !parsed.success) throw oidcFailure('oidc_down', `the provider's keys could not be read (${answer.status})`);
    const keys = parsed.data as JSONWebKeySet;
    kept.set(provider.jwksUrl, { at: now.getTime(), keys });
    return keys;
  };
}

function refusal(error: unknown): unknown {
  if (oidcFailureOf(error)) return error;
  if (!(error instanceof errors.JOSEError)) return oidcFailure('oidc_refused', 'ID token: it or its key cannot be used', error);
  // jose's codes and claim names are words of its own; its messages may quote the token.
  const claim = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired ? ` (${error.claim})` : '';
  return oidcFailure('oidc_refused', `ID token: ${error.code}${claim}`, error);
}
