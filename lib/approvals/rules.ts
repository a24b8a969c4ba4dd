import type { StepUpSubject } from '@/lib/access/schema';
import { groupName as nameOf, propose, step, stillNeeded as seatsLeft, type Group as Seats, type Holds, type Phase, type Quorum, type Signature } from '@/lib/quorum';
import type { ApprovalStateName, AskedRoute, CancelReason, Group } from './schema';

export { nameOf as groupName };

/** What a passkey signs for an approval: this one, with exactly these arguments, as a yes. The gateway holds it against what is about to run. */
export const approvalSubject = ({ id, digest }: { id: string; digest: string }): StepUpSubject => ({ purpose: 'approval.approve', objectId: id, digest, verdict: 'approve' });

/** Whether a one-time password is enough under this route. Never at critical risk, whatever a route says: there the gateway verifies passkeys by itself. */
export const codeCounts = ({ stepUp, stepUpBy, risk }: Pick<AskedRoute, 'stepUp' | 'stepUpBy' | 'risk'>): boolean => stepUp && stepUpBy === 'passkey_or_totp' && risk !== 'critical';

const toSeats = ({ quorum, ...group }: Group): Seats => ({ ...group, count: quorum });
const toGroup = ({ count, ...group }: Seats): Group => ({ ...group, quorum: count });

/** What is known of an approval under its row's lock, at one moment of the database's clock. */
export type Standing = { state: ApprovalStateName; decideBy: Date; useBy: Date | null; stopped: boolean; sessionEnded: boolean };
export type Fate = { kind: 'open' } | { kind: 'cancelled'; reason: CancelReason } | { kind: 'expired' } | { kind: 'unused_expired' } | { kind: 'terminal'; state: ApprovalStateName };

/** What an approval and its signatures are to the room that decides who still must sign. */
export type Asked = Pick<Standing, 'state' | 'decideBy' | 'useBy'> & { digest: string; revision: number; route: Pick<AskedRoute, 'groups'>; useByMs: number };

export function quorumOf(asked: Asked, signatures: readonly Signature[], excluded: Quorum['terms']['excluded']): Quorum {
  const terms: Quorum['terms'] = { groups: asked.route.groups.map(toSeats), excluded, expiresAt: asked.decideBy, relief: null, denial: true, useWithinMs: asked.useByMs };
  // An agent asked: nobody who signs is the one who may withdraw it.
  return { ...propose({ kind: 'propose', by: 'agent', digest: asked.digest, terms }), revision: asked.revision, signatures, phase: phaseOf(asked) };
}

function phaseOf({ state, decideBy, useBy }: Pick<Asked, 'state' | 'decideBy' | 'useBy'>): Phase {
  switch (state) {
    case 'pending':
    case 'partially_approved': return { kind: 'open' };
    case 'approved': return { kind: 'agreed', at: decideBy, useBy };
    case 'used': return { kind: 'used', at: decideBy };
    case 'denied': return { kind: 'denied', at: decideBy, by: 'somebody' };
    case 'expired': return { kind: 'expired', at: decideBy, unused: false };
    case 'unused_expired': return { kind: 'expired', at: decideBy, unused: true };
    case 'cancelled': return { kind: 'cancelled', at: decideBy, reason: state };
  }
}

/** Who must still sign; empty means granted. */
export const stillNeeded = (groups: readonly Group[], signatures: readonly Signature[], holds: Holds): Group[] => seatsLeft(groups.map(toSeats), signatures, holds).map(toGroup);

/** What has become of an approval by itself: stop goes before expiry, and both before anything that a person presses. */
export function fateOf(standing: Standing, now: Date): Fate {
  const quorum = quorumOf({ ...standing, digest: '', revision: 1, route: { groups: [] }, useByMs: 0 }, [], []);
  const cancelled: CancelReason | null = standing.stopped ? 'stopped' : standing.sessionEnded ? 'session_ended' : null;
  const { quorum: after, refused } = step(quorum, cancelled ? { kind: 'cancel', reason: cancelled } : { kind: 'tick' }, now, () => false);
  if (refused) return { kind: 'terminal', state: standing.state };
  switch (after.phase.kind) {
    case 'cancelled': return cancelled ? { kind: 'cancelled', reason: cancelled } : { kind: 'terminal', state: standing.state };
    case 'expired': return { kind: after.phase.unused ? 'unused_expired' : 'expired' };
    default: return { kind: 'open' };
  }
}

/** Why this person may not approve their own, or null. Denying is always possible. */
export function ownApproval(person: { id: string; email: string }, session: { principalType: string | null; principalId: string | null; ownerId: string | null }, route: { ownerCounts: boolean }): string | null {
  const isPrincipal = session.principalType === 'user' && session.principalId !== null && [person.id, person.email.toLowerCase()].includes(session.principalId.toLowerCase());
  if (isPrincipal) return 'The session acts on your behalf, and nobody approves their own. You can deny it; someone else has to approve.';
  if (session.ownerId === person.id && !route.ownerCounts) return 'You own this agent, and this route does not count its owner. You can deny it; someone else has to approve.';
  return null;
}
