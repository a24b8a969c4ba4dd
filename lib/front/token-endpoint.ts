import type { IncomingMessage, ServerResponse } from 'node:http';
import { grantAgentToken, OAuthError, RefusalLimit, type TokenRequest } from '@/lib/agents';
import { DomainError } from '@/lib/errors';
import type { Signer } from '@/lib/signing';
import { sendJson } from './answers';
import { readBody } from './read-body';

const MAX_BYTES = 16 * 1024;
const refusals = new RefusalLimit();

/** `POST /api/oauth/token`: errors are RFC 6749 error objects. */
export async function answerToken(request: IncomingMessage, response: ServerResponse, by: { key: () => Signer; issuer: string; ttlSeconds: number; onFailure: (error: unknown) => void }): Promise<void> {
  const address = request.socket.remoteAddress ?? '';
  try {
    if (request.method !== 'POST') throw new OAuthError('invalid_request', 'The token endpoint takes POST.', 405);
    const wait = refusals.waitMs(address);
    if (wait > 0) {
      response.setHeader('Retry-After', Math.ceil(wait / 1000));
      throw new OAuthError('invalid_client', 'Too many refused credentials from this address. Wait before the next.', 429);
    }
    const answer = await grantAgentToken(await readRequest(request), { key: by.key(), issuer: by.issuer, audiences: [by.issuer, `${by.issuer}/api/oauth/token`], now: new Date(), ttlSeconds: by.ttlSeconds });
    sendJson(response, 200, answer, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  } catch (error) {
    const known = error instanceof OAuthError ? error
      : error instanceof DomainError && error.code === 'invalid' ? new OAuthError('invalid_request', error.message, 400)
      : new OAuthError('temporarily_unavailable', 'No token can be given at the moment. Try again.', 503);
    if (!(error instanceof OAuthError) && !(error instanceof DomainError)) by.onFailure(error);
    if (known.code === 'invalid_client' && known.status === 401) {
      refusals.note(address);
      response.setHeader('WWW-Authenticate', 'Basic realm="countersign", charset="UTF-8"');
    }
    sendJson(response, known.status, { error: known.code, error_description: known.message }, { 'Cache-Control': 'no-store' });
  }
}

async function readRequest(request: IncomingMessage): Promise<TokenRequest> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new OAuthError('invalid_request', 'Send the body as application/x-www-form-urlencoded.', 400);
  const form = new URLSearchParams((await readBody(request, MAX_BYTES)).toString('utf8'));
  for (const name of new Set(form.keys())) if (form.getAll(name).length > 1) throw new OAuthError('invalid_request', `${name.slice(0, 40)} is there more than once.`, 400);
  const basic = readBasic(request.headers.authorization);
  if (basic && form.has('client_secret')) throw new OAuthError('invalid_request', 'Send the credentials in the body or by HTTP Basic, not both.', 400);
  const taken: TokenRequest = {};
  const put = (name: keyof TokenRequest, value: string | null | undefined) => { if (value !== null && value !== undefined && value !== '') taken[name] = value; };
  put('grantType', form.get('grant_type'));
  put('clientId', basic?.id ?? form.get('client_id'));
  put('clientSecret', basic?.secret ?? form.get('client_secret'));
  put('assertion', form.get('client_assertion'));
  put('assertionType', form.get('client_assertion_type'));
  return taken;
}

function readBasic(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { id: decodeURIComponent(text.slice(0, colon)), secret: decodeURIComponent(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}
