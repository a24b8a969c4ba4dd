import { z } from 'zod';
import type { OidcConfig } from '@/lib/env';
import { callOut, OutboundRefusal, type AddressRules, type OutboundAnswer, type OutboundCall } from '@/lib/outbound';
import { oidcFailure } from './failure';

/** What we take from a provider at all: signatures by a key that only it has. Never `none`, never a secret that both sides hold. */
const allowedAlgorithms = ['RS256', 'ES256', 'PS256', 'EdDSA', 'Ed25519'];

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

export type OidcProvider = {
  issuer: string; authorizationUrl: string; tokenUrl: string; jwksUrl: string; userinfoUrl?: string;
  algorithms: string[];
  clientAuth: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** It names itself in its answers (RFC 9207), so an answer that doesn't is somebody else's. */
  namesItself: boolean;
};

const KEPT_MS = 10 * 60_000;
const kept = new Map<string, { at: number; provider: OidcProvider }>();

/** What the issuer says about itself, kept for ten minutes. Throws `unavailable` when it says nothing, or something that we don't use. */
export async function openProvider(config: OidcConfig, allowLoopback: boolean, now: Date): Promise<OidcProvider> {
  const before = kept.get(config.issuer);
  if (before && now.getTime() - before.at < KEPT_MS && now.getTime() >= before.at) return before.provider;
  const answer = await callProvider(config, allowLoopback, { url: `${config.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, method: 'GET' });
  if (answer.status !== 200) throw oidcFailure('oidc_down', `discovery answered with ${answer.status}`);
  const provider = readMetadata(config, answer.text);
  kept.set(config.issuer, { at: now.getTime(), provider });
  return provider;
}

/** Forgets what was kept, for tests and for whoever changed the provider. */
export function forgetProviders(): void { kept.clear(); }

export function readMetadata(config: OidcConfig, text: string): OidcProvider {
  const parsed = metadataSchema.safeParse(parseJson(text));
  if (!parsed.success) throw oidcFailure('oidc_down', 'discovery is no document of an OpenID provider');
  const said = parsed.data;
  // Exactly: one that calls itself otherwise could hand us people of another issuer.
  if (said.issuer !== config.issuer) throw oidcFailure('oidc_down', 'discovery names another issuer than OIDC_ISSUER');
  const endpoints = [said.authorization_endpoint, said.token_endpoint, said.jwks_uri, ...(said.userinfo_endpoint ? [said.userinfo_endpoint] : [])];
  if (!endpoints.every((one) => isEndpoint(config, one))) throw oidcFailure('oidc_down', 'discovery names an address that is not https');
  const offered = said.id_token_signing_alg_values_supported ?? ['RS256'];
  const algorithms = allowedAlgorithms.filter((one) => offered.includes(one));
  if (algorithms.length === 0) throw oidcFailure('oidc_down', `the provider signs by none of ${allowedAlgorithms.join(', ')}`);
  const methods = said.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return {
    issuer: said.issuer, authorizationUrl: said.authorization_endpoint, tokenUrl: said.token_endpoint, jwksUrl: said.jwks_uri, ...(said.userinfo_endpoint && { userinfoUrl: said.userinfo_endpoint }),
    algorithms, namesItself: said.authorization_response_iss_parameter_supported === true,
    clientAuth: config.clientSecret === undefined ? 'none' : methods.includes('client_secret_basic') || !methods.includes('client_secret_post') ? 'client_secret_basic' : 'client_secret_post',
  };
}

const isLoopback = (url: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
const isEndpoint = (config: OidcConfig, text: string): boolean => {
  const url = new URL(text);
  return !url.username && !url.password && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && isLoopback(new URL(config.issuer))));
};

/** A call to the provider. It is the operator's own choice, so it may stand in the operator's own network; on this machine only when its issuer says so. */
export async function callProvider(config: OidcConfig, allowLoopback: boolean, call: Omit<OutboundCall, 'rules' | 'timeoutMs'>): Promise<OutboundAnswer> {
  const rules: AddressRules = { allowInside: true, allowLoopback: allowLoopback || isLoopback(new URL(config.issuer)) };
  try {
    return await callOut({ timeoutMs: 5_000, maxAnswerBytes: 256 * 1024, ...call, headers: { accept: 'application/json', ...call.headers }, rules });
  } catch (error) {
    throw oidcFailure('oidc_down', error instanceof OutboundRefusal ? `the provider could not be reached (${error.why})` : 'the provider could not be reached', error);
  }
}

export function parseJson(text: string): unknown {
  try { return JSON.parse(text) as unknown; } catch { return undefined; }
}
