import { z } from 'zod';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { type Capability, authorizationDetailsSchema } from '@/lib/protocol/identity';
import { idSchema } from '@/lib/protocol/ids';
import { AGENT_AUDIENCE, CLOCK_LEEWAY_S, DEFAULT_TOKEN_SECONDS, MAX_TOKEN_SECONDS } from '@/lib/protocol/limits';
import { type JwsRefusal, verifyJws } from '@/lib/protocol/verify-jws';
import { signJws } from './jws';
import type { Signer } from './keys';

export const AGENT_TOKEN_TYP = 'at+jwt';

const claimsSchema = z.object({
  iss: z.string(),
  sub: idSchema,
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(1).max(128),
  authorization_details: authorizationDetailsSchema,
});
export type AgentTokenClaims = z.infer<typeof claimsSchema>;

export type AgentTokenInput = { issuer: string; agentId: string; jti: string; capabilities: readonly Capability[]; now: Date; ttlSeconds?: number };

/** Makes an agent's access token: 300 s unless asked otherwise, never over 900 s. */
export async function issueAgentToken(key: Signer, input: AgentTokenInput): Promise<{ token: string; expiresIn: number; expiresAt: Date }> {
  const expiresIn = input.ttlSeconds ?? DEFAULT_TOKEN_SECONDS;
  if (!(expiresIn > 0 && expiresIn <= MAX_TOKEN_SECONDS)) throw new RangeError(`A token lives between 1 and ${MAX_TOKEN_SECONDS} seconds.`);
  const iat = Math.floor(input.now.getTime() / 1000);
  const claims = { iss: input.issuer, sub: input.agentId, aud: AGENT_AUDIENCE, iat, exp: iat + expiresIn, jti: input.jti, authorization_details: input.capabilities };
  return { token: await signJws(key, AGENT_TOKEN_TYP, claims), expiresIn, expiresAt: new Date((iat + expiresIn) * 1000) };
}

export type AgentTokenRefusal = JwsRefusal | 'bad_claims' | 'wrong_issuer' | 'wrong_audience' | 'not_yet_valid' | 'expired' | 'too_long';
export type AgentTokenResult = { ok: true; claims: AgentTokenClaims; expiresAt: Date } | { ok: false; reason: AgentTokenRefusal };

/** Checks an agent's access token; 30 s of leeway for clocks. Whether the agent is still active is the caller's question. Never throws. */
export function verifyAgentToken(token: string, expected: { keys: KeySet; issuer: string; now: Date }): AgentTokenResult {
  const jws = verifyJws(token, { keys: expected.keys, typ: AGENT_TOKEN_TYP, maxBytes: 64 * 1024 });
  if (!jws.ok) return jws;
  const parsed = claimsSchema.safeParse(jws.payload);
  if (!parsed.success) return { ok: false, reason: 'bad_claims' };
  const claims = parsed.data;
  const now = expected.now.getTime() / 1000;
  if (claims.iss !== expected.issuer) return { ok: false, reason: 'wrong_issuer' };
  if (claims.aud !== AGENT_AUDIENCE) return { ok: false, reason: 'wrong_audience' };
  if (claims.iat > now + CLOCK_LEEWAY_S) return { ok: false, reason: 'not_yet_valid' };
  if (claims.exp <= now - CLOCK_LEEWAY_S) return { ok: false, reason: 'expired' };
  if (claims.exp - claims.iat > MAX_TOKEN_SECONDS) return { ok: false, reason: 'too_long' };
  return { ok: true, claims, expiresAt: new Date(claims.exp * 1000) };
}

/** When a token was made, in milliseconds since 1970: its id, which we made in the same moment, tells finer than its `iat`. */
export function tokenMadeAt({ iat, jti }: Pick<AgentTokenClaims, 'iat' | 'jti'>): number {
  const at = idSchema.safeParse(jti).success ? Number.parseInt(jti.replaceAll('-', '').slice(0, 12), 16) : Number.NaN;
  return at >= iat * 1_000 && at < (iat + 1) * 1_000 ? at : iat * 1_000;
}
