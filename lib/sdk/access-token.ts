import { type AssertionKey, signClientAssertion } from './client-assertion';
import { Refused, ServerFault, Unauthenticated, Unavailable } from './errors';

export type Credentials = { clientId: string; clientSecret?: string; clientAssertionKey?: AssertionKey };
export type AccessToken = { text: string; lifetimeMs: number; fetchedAt: number };

/** Fetches an access token (RFC 6749 client credentials). Answers at most 16 KiB are read, and no redirect is followed: both would carry the secret elsewhere. */
export async function fetchAccessToken(baseUrl: URL, credentials: Credentials, signal: AbortSignal): Promise<AccessToken> {
  const endpoint = new URL('api/oauth/token', baseUrl).href;
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: credentials.clientId });
  if (credentials.clientAssertionKey) {
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    form.set('client_assertion', signClientAssertion(credentials.clientAssertionKey, credentials.clientId, endpoint));
  } else {
    form.set('client_secret', credentials.clientSecret ?? '');
  }
  const fetchedAt = performance.now();
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(endpoint, { method: 'POST', body: form, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]), headers: { accept: 'application/json' } });
    body = JSON.parse((await response.text()).slice(0, 16_384));
  } catch (cause) {
    throw new Unavailable(`No token from ${endpoint}: it does not answer. Is the gateway running there?`, 1_000, { cause });
  }
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (response.ok && typeof answer.access_token === 'string' && typeof answer.expires_in === 'number' && answer.expires_in > 0) {
    return { text: answer.access_token, lifetimeMs: answer.expires_in * 1000, fetchedAt };
  }
  const said = typeof answer.error_description === 'string' ? answer.error_description : String(answer.error ?? `status ${response.status}`);
  if (answer.error === 'invalid_client') throw new Unauthenticated(`The gateway does not accept these credentials: ${said}. Check clientId and clientSecret, or whether the agent was disabled.`);
  if (response.status === 429 || response.status >= 500) throw new Unavailable(`No token now: ${said}.`, retryAfterMs(response));
  if (response.status === 400 || response.status === 401 || response.status === 403) throw new Refused('forbidden', `No token: ${said}.`);
  throw new ServerFault(`${endpoint} answered something that is no token (${response.status}). Is this the address of a Countersign gateway?`);
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1_000;
}
