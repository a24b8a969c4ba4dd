import { PERMIT_TYP, type PermitClaims } from '@/lib/protocol/permit';
import { signJws } from './jws';
import type { Signer } from './keys';
import type { SigningKey } from './signing-key';

export type PermitInput = {
  issuer: string;
  toolset: string;
  agentId: string;
  sessionId: string;
  actionId: string;
  digest: string;
  /** The event that decided: a permit without one was never recorded. */
  event: { stream: string; seq: number };
  redeem: 'optional' | 'required';
  now: Date;
  leaseMs: number;
  /** An approval's use-by, when that is nearer than one lease. */
  useBy?: Date;
};

export type IssuedPermit = { permit: string; expiresAt: Date };

/** Makes a permit that ends one lease from now at the latest, in whole seconds rounded down. */
export function issuePermit(key: SigningKey, input: PermitInput): IssuedPermit;
export function issuePermit(key: Signer, input: PermitInput): IssuedPermit | Promise<IssuedPermit>;
export function issuePermit(key: Signer, input: PermitInput): IssuedPermit | Promise<IssuedPermit> {
  const end = Math.min(input.now.getTime() + input.leaseMs, input.useBy?.getTime() ?? Number.POSITIVE_INFINITY);
  const claims: PermitClaims = {
    iss: input.issuer,
    aud: input.toolset,
    sub: input.agentId,
    sid: input.sessionId,
    jti: input.actionId,
    dig: input.digest,
    stm: input.event.stream,
    seq: input.event.seq,
    iat: Math.floor(input.now.getTime() / 1000),
    exp: Math.floor(end / 1000),
    ...(input.redeem === 'required' ? { rdm: 'required' as const } : {}),
  };
  const expiresAt = new Date(claims.exp * 1000);
  const permit = signJws(key, PERMIT_TYP, claims);
  return typeof permit === 'string' ? { permit, expiresAt } : permit.then((text) => ({ permit: text, expiresAt }));
}

export { type PermitClaims, type PermitRefusal, type PermitResult, verifyPermit } from '@/lib/protocol/permit';
