import { sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { idSchema } from '@/lib/protocol/primitives';
import { claimedClient, issueAgentToken, verifyClientAssertion, type Signer } from '@/lib/signing';
import { loadAgentKeys } from './agent-keys';
import { agentSecretHolds, loadAgent } from './authenticate-agent';

/** An error object of RFC 6749, section 5.2. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  constructor(readonly code: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'temporarily_unavailable', message: string, readonly status: number) {
    super(message);
  }
}

export type TokenRequest = { grantType?: string; clientId?: string; clientSecret?: string; assertion?: string; assertionType?: string };
export type TokenAnswer = { access_token: string; token_type: 'Bearer'; expires_in: number };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const refused = () => new OAuthError('invalid_client', 'The client is unknown, disabled, or its credential is wrong.', 401);

/** The client-credentials grant: a secret or an Ed25519 assertion for a token that names what the agent may touch. */
export async function grantAgentToken(request: TokenRequest, by: { key: Signer; issuer: string; audiences: readonly string[]; now: Date; ttlSeconds?: number }): Promise<TokenAnswer> {
  if (!request.grantType) throw new OAuthError('invalid_request', 'grant_type is missing; send grant_type=client_credentials.', 400);
  if (request.grantType !== 'client_credentials') throw new OAuthError('unsupported_grant_type', 'Only grant_type=client_credentials is supported.', 400);
  if (request.assertion !== undefined && request.clientSecret !== undefined) throw new OAuthError('invalid_request', 'Send a client_secret or a client_assertion, not both.', 400);

  const agentId = request.assertion === undefined ? await bySecret(request, by.now) : await byAssertion(request, by);
  const agent = await loadAgent(agentId);
  if (!agent?.active) throw refused();
  const { token, expiresIn } = await issueAgentToken(by.key, {
    issuer: by.issuer, agentId, jti: newId(), capabilities: agent.capabilities, now: by.now, ...(by.ttlSeconds === undefined ? {} : { ttlSeconds: by.ttlSeconds }),
  });
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn };
}

async function bySecret(request: TokenRequest, now: Date): Promise<string> {
  if (!request.clientId || !request.clientSecret) throw new OAuthError('invalid_client', 'Send client_id and client_secret, in the body or by HTTP Basic, or a client_assertion.', 401);
  const known = idSchema.safeParse(request.clientId).success;
  // A nil id finds nothing, so an ill-formed client costs what an unknown one does.
  const holds = await agentSecretHolds(known ? request.clientId : '00000000-0000-0000-0000-000000000000', request.clientSecret, now);
  if (!known || !holds) throw refused();
  return request.clientId;
}

async function byAssertion(request: TokenRequest, by: { audiences: readonly string[]; now: Date }): Promise<string> {
  if (request.assertionType !== ASSERTION_TYPE) throw new OAuthError('invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}.`, 400);
  const clientId = request.clientId ?? claimedClient(request.assertion!);
  if (!clientId || !idSchema.safeParse(clientId).success) throw refused();
  const keys = await loadAgentKeys(clientId);
  const checked = verifyClientAssertion(request.assertion!, { clientId, keys, audiences: by.audiences, now: by.now });
  if (!checked.ok) throw refused();
  const taken = await sql.rows('INSERT INTO assertion_use (agent_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING jti', [clientId, checked.jti, checked.replayUntil]);
  if (taken.length === 0) throw refused();
  return clientId;
}
