import type { OidcConfig } from '@/lib/env';
import { readClaims, type OidcClaims } from './claims';
import { exchangeCode, readUserinfo } from './exchange-code';
import { oidcFailure } from './failure';
import { providerKeys, verifyIdToken } from './id-token';
import type { OidcProvider } from './provider';

/** What came back to our redirect address, beside what this browser was sent out with. */
export type OidcAnswer = {
  params: { code?: unknown; state?: unknown; iss?: unknown; error?: unknown };
  sent: { state: string; nonce: string; codeVerifier: string };
  redirectUri: string;
};

/** Turns the provider's answer into who it says this is. Every check that fails is a failure of its own; nothing is kept. */
export async function readAnswer(config: OidcConfig, provider: OidcProvider, answer: OidcAnswer, { allowLoopback, now }: { allowLoopback: boolean; now: Date }): Promise<OidcClaims> {
  const { params, sent } = answer;
  if (typeof params.state !== 'string' || params.state !== sent.state) throw oidcFailure('oidc_again', 'the state is not the one this browser was sent out with');
  // Mix-up (RFC 9207): the answer of one provider must not be taken to another.
  if (params.iss === undefined ? provider.namesItself : params.iss !== provider.issuer) throw oidcFailure('oidc_refused', 'the answer is of another issuer, or does not say of which');
  if (params.error !== undefined) throw oidcFailure(wordOfError(params.error), 'the provider answered with an error');
  if (typeof params.code !== 'string' || params.code === '' || params.code.length > 4_096) throw oidcFailure('oidc_refused', 'the answer has no code');
  const tokens = await exchangeCode(config, provider, { code: params.code, codeVerifier: sent.codeVerifier, redirectUri: answer.redirectUri }, allowLoopback);
  const token = await verifyIdToken(tokens.idToken, { provider, clientId: config.clientId, nonce: sent.nonce, now }, providerKeys(config, provider, allowLoopback, now));
  const claims = needsUserinfo(config, token) ? { ...await readUserinfo(config, provider, tokens.accessToken, token.sub, allowLoopback), ...token } : token;
  return readClaims(config, claims);
}

/** Some providers say who a person is only when asked with the access token. */
const needsUserinfo = (config: OidcConfig, token: Record<string, unknown>): boolean =>
  token.email === undefined || (token[config.groupsClaim] === undefined && token._claim_names === undefined && token.hasgroups === undefined);

/** RFC 6749 and OpenID Connect name these; anything else is as good as no answer. */
export function wordOfError(error: unknown) {
  if (error === 'access_denied' || error === 'login_required' || error === 'interaction_required' || error === 'consent_required' || error === 'account_selection_required') return 'oidc_denied';
  return error === 'temporarily_unavailable' || error === 'server_error' ? 'oidc_down' : 'oidc_refused';
}
