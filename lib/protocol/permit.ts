import { z } from 'zod';
import { actionDigest } from './digest';
import type { KeySet } from './ed25519-key';
import { idSchema } from './ids';
import { CLOCK_LEEWAY_S } from './limits';
import { digestSchema } from './primitives';
import { type JwsRefusal, verifyJws } from './verify-jws';

export const PERMIT_TYP = 'permit+jwt';

/** What a permit says: this agent may run this action, in this session, until `exp`. `stm` and `seq` name the event that decided. */
export const permitClaimsSchema = z.object({
  iss: z.string().min(1),
  aud: z.string().min(1),
  sub: idSchema,
  sid: idSchema,
  jti: idSchema,
  dig: digestSchema,
  stm: z.string().min(1),
  seq: z.int().min(1),
  iat: z.number(),
  exp: z.number(),
  /** Present when the tool's permits count only once redeemed. */
  rdm: z.literal('required').optional(),
});
export type PermitClaims = z.infer<typeof permitClaimsSchema>;

export type PermitRefusal = JwsRefusal | 'bad_claims' | 'wrong_issuer' | 'wrong_audience' | 'not_yet_valid' | 'expired' | 'digest_mismatch' | 'redeem_required';
export type PermitResult = { ok: true; claims: PermitClaims } | { ok: false; reason: PermitRefusal };

export type PermitExpectation = {
  keys: KeySet;
  issuer: string;
  /** The toolset that is about to act; any toolset when left out, which only the redeeming gateway does. */
  toolset?: string;
  /** The call that is about to run. */
  tool: string;
  args: unknown;
  now: Date;
  /** `offline`: a tool server by itself, which refuses permits that must be redeemed. `redeem`: the gateway, redeeming. */
  use: 'offline' | 'redeem';
};

/**
 * Checks a permit against the very call that is about to run. No leeway is given on `exp`: a permit lives one lease so
 * that a stop holds within one lease, and leeway would multiply that. Never throws.
 */
export function verifyPermit(permit: string, expected: PermitExpectation): PermitResult {
  const jws = verifyJws(permit, { keys: expected.keys, typ: PERMIT_TYP, maxBytes: 8_192 });
  if (!jws.ok) return jws;
  const parsed = permitClaimsSchema.safeParse(jws.payload);
  if (!parsed.success) return { ok: false, reason: 'bad_claims' };
  const claims = parsed.data;
  const reason = refusal(claims, expected);
  return reason ? { ok: false, reason } : { ok: true, claims };
}

function refusal(claims: PermitClaims, expected: PermitExpectation): PermitRefusal | undefined {
  const now = expected.now.getTime() / 1000;
  if (claims.iss !== expected.issuer) return 'wrong_issuer';
  if (expected.toolset !== undefined && claims.aud !== expected.toolset) return 'wrong_audience';
  if (claims.exp <= now) return 'expired';
  if (claims.iat > now + CLOCK_LEEWAY_S) return 'not_yet_valid';
  if (claims.dig !== digestOf(expected.tool, expected.args)) return 'digest_mismatch';
  if (expected.use === 'offline' && claims.rdm === 'required') return 'redeem_required';
  return undefined;
}

function digestOf(tool: string, args: unknown): string | undefined {
  try {
    return actionDigest(tool, args);
  } catch {
    // Arguments that JSON can't carry have no digest, so no permit is for them.
    return undefined;
  }
}
