import { createHash, randomBytes } from 'node:crypto';
import type { OidcConfig } from '@/lib/env';
import type { TestOidcProvider } from '@/lib/testing/oidc-provider';
import { readAnswer, type OidcAnswer } from './answer';
import { openProvider } from './provider';

export const REDIRECT = 'http://localhost:3000/api/auth/callback/oidc';

export const configFor = (idp: TestOidcProvider, over: Partial<OidcConfig> = {}): OidcConfig =>
  ({ issuer: idp.issuer, clientId: idp.clientId, clientSecret: idp.clientSecret, name: 'Test login', scopes: 'openid email profile groups', groupsClaim: 'groups', requireVerifiedEmail: true, ...over });

/** Goes out to the provider as next-auth would send a browser, and comes back with the answer, which `bend` may change on its way. */
export async function signInThere(idp: TestOidcProvider, subject: string, { config = configFor(idp), bend = (answer: OidcAnswer) => answer, now = new Date(), nonce = random() } = {}) {
  const provider = await openProvider(config, false, now);
  const sent = { state: random(), nonce, codeVerifier: random() };
  const query = new URLSearchParams({
    client_id: config.clientId, response_type: 'code', scope: config.scopes, redirect_uri: REDIRECT, state: sent.state, nonce: sent.nonce,
    code_challenge: createHash('sha256').update(sent.codeVerifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const params = await idp.visit(`${provider.authorizationUrl}?${query.toString()}`, subject);
  return readAnswer(config, provider, bend({ params, sent, redirectUri: REDIRECT }), { allowLoopback: false, now });
}

export const random = (): string => randomBytes(32).toString('base64url');
