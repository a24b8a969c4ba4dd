import { z } from 'zod';
import type { OidcConfig } from '@/lib/env';
import { oidcFailure } from './failure';
import { callProvider, parseJson, type OidcProvider } from './provider';

/** A token with ten thousand groups is still read; what is longer is nobody's token. */
const MAX_TOKEN_BYTES = 1024 * 1024;

const tokensSchema = z.object({ id_token: z.string().min(1), access_token: z.string().min(1).optional(), token_type: z.string().optional() });

/** Turns a code into tokens. It is good once and only with the verifier that this browser kept (PKCE). */
export async function exchangeCode(config: OidcConfig, provider: OidcProvider, sent: { code: string; codeVerifier: string; redirectUri: string }, allowLoopback: boolean): Promise<{ idToken: string; accessToken?: string }> {
  const secret = config.clientSecret ?? '';
  const body = new URLSearchParams({
    grant_type: 'authorization_code', code: sent.code, redirect_uri: sent.redirectUri, code_verifier: sent.codeVerifier,
    ...(provider.clientAuth === 'client_secret_basic' ? {} : { client_id: config.clientId }), ...(provider.clientAuth === 'client_secret_post' && { client_secret: secret }),
  });
  const answer = await callProvider(config, allowLoopback, {
    url: provider.tokenUrl, method: 'POST', body: body.toString(), maxAnswerBytes: MAX_TOKEN_BYTES,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(provider.clientAuth === 'client_secret_basic' && { authorization: basic(config.clientId, secret) }) },
  });
  if (answer.status >= 500) throw oidcFailure('oidc_down', `the token endpoint answered with ${answer.status}`);
  const parsed = tokensSchema.safeParse(parseJson(answer.text));
  if (answer.status !== 200 || !parsed.success) throw oidcFailure('oidc_refused', `the token endpoint did not take the code (${answer.status})`);
  return { idToken: parsed.data.id_token, ...(parsed.data.access_token && { accessToken: parsed.data.access_token }) };
}

/** What the provider adds when asked with the access token; only ever about the subject of the ID token. */
export async function readUserinfo(config: OidcConfig, provider: OidcProvider, accessToken: string | undefined, subject: string, allowLoopback: boolean): Promise<Record<string, unknown>> {
  if (!provider.userinfoUrl || !accessToken) return {};
  const answer = await callProvider(config, allowLoopback, { url: provider.userinfoUrl, method: 'GET', headers: { authorization: `Bearer ${accessToken}` }, maxAnswerBytes: MAX_TOKEN_BYTES });
  const said = z.record(z.string(), z.unknown()).safeParse(parseJson(answer.text));
  if (answer.status !== 200 || !said.success) throw oidcFailure('oidc_down', `userinfo could not be read (${answer.status})`);
  if (said.data.sub !== subject) throw oidcFailure('oidc_refused', 'userinfo is about somebody else');
  return said.data;
}

/** RFC 6749, 2.3.1: both parts are form-encoded first. */
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')}`;
const formEncode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
