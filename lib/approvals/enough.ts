import type { Signature } from '@/lib/quorum';
import { ownApproval, stillNeeded } from './rules';
import type { ApprovalStateName, AskedRoute } from './schema';
import { holds } from './signatures';

/** Who signed what stands, with what counted for them then; over `approval p`. */
export const SIGNERS = `CASE WHEN p.state = 'partially_approved' THEN (SELECT json_agg(json_build_object('personId', g.person_id, 'roles', g.roles, 'teams', g.teams, 'onCall', g.on_call, 'email', n.email)) FROM approval_signature g JOIN person n ON n.id = g.person_id
  WHERE g.approval_id = p.id AND g.verdict = 'approve' AND g.digest = p.digest AND g.revision = p.revision) END`;

export type Signer = Signature & { email: string };
type Signed = { state: ApprovalStateName; route: AskedRoute; tier: number; requestedAt: Date; signers: readonly Signer[] | null; principalType: string | null; principalId: string | null; principalVerified: boolean; ownerId: string | null };

/**
 * Whether those who signed are enough by now, as a tier was reached after they had. It is granted all the same only by a person's yes, and
 * that may be one of theirs once more.
 */
export function enoughSigned(signed: Signed, now: Date): boolean {
  if (signed.state !== 'partially_approved') return false;
  const counted = (signed.signers ?? []).filter((one) => ownApproval({ id: one.personId, email: one.email }, signed, signed.route) === null);
  return stillNeeded(signed, counted, holds, now).length === 0;
}
