import type { StepUpSubject } from '@/lib/access/schema';
import { groupName as nameOf, leastNeeded, propose, type Group as Seats, type Holds, type Phase, type Quorum, type Signature } from '@/lib/quorum';
import { excludedWith, step, type Approval } from './machine';
import { tierTimes, waysToMeet, type Tiers } from './tiers';
import type { ApprovalStateName, AskedRoute, CancelReason, Group } from './schema';

export { nameOf as groupName };
export { groupWords, whoDecides, askedGroups, nextTier, tierTimes, tiersReached, type Tiers } from './tiers';

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
export type Asked = Pick<Standing, 'state' | 'decideBy' | 'useBy'> & Tiers & { digest: string; revision: number; useByMs: number };

/** Who must agree under the route, and from when others stand in for them. */
export const seatsOf = (asked: Tiers): Pick<Quorum['terms'], 'groups' | 'relief'> => ({ groups: asked.route.groups.map(toSeats), relief: tierTimes(asked).map(({ from, groups }) => ({ from, groups: groups.map(toSeats) })) });

function quorumOf(asked: Asked, signatures: readonly Signature[], excluded: Quorum['terms']['excluded']): Quorum {
  const terms: Quorum['terms'] = { ...seatsOf(asked), excluded, expiresAt: asked.decideBy, denial: true, useWithinMs: asked.useByMs };
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

/** An approval as its rows have it: the same after a restart as before. `authors` wrote arguments anew, `own` may take the question back. */
export function approvalOf(asked: Asked, signatures: readonly Signature[], { excluded, authors, own }: { excluded: Quorum['terms']['excluded']; authors: readonly string[]; own: readonly string[] }): Approval {
  return { quorum: quorumOf(asked, signatures, excludedWith(excluded, authors)), authors, own };
}

/** Whether a permit may be made for it at this moment, and the action begin: it was granted, and neither used nor over. */
export function mayUse(asked: Pick<Asked, 'state' | 'decideBy' | 'useBy'>, now: Date): boolean {
  const approval = approvalOf({ ...asked, digest: '', revision: 1, requestedAt: now, tier: 0, route: { groups: [], escalation: [] }, useByMs: 0 }, [], { excluded: [], authors: [], own: [] });
  return step(approval, { kind: 'collect' }, now, () => false).refused === null;
}

/** How a phase is called on the row. */
export function endOf(phase: Phase): { state: 'expired' | 'unused_expired' } | { state: 'cancelled'; reason: CancelReason } | undefined {
  switch (phase.kind) {
    case 'expired': return { state: phase.unused ? 'unused_expired' : 'expired' };
    case 'withdrawn': return { state: 'cancelled', reason: 'withdrawn' };
    case 'cancelled': return { state: 'cancelled', reason: phase.reason as CancelReason };
    default: return undefined;
  }
}

/** Whose session or agent it is: they take the question back, and never answer it with yes where their route does not count them. */
export const mayWithdraw = (person: { id: string; email: string }, session: { principalType: string | null; principalId: string | null; ownerId: string | null }): boolean => session.ownerId === person.id || isPrincipal(person, session);

/** Who must still sign at that moment, by the way that lacks the fewest: the first groups, or those of a tier that was reached. Empty means granted. */
export const stillNeeded = (asked: Tiers, signatures: readonly Signature[], holds: Holds, now: Date): Group[] => leastNeeded(waysToMeet(asked, now).map((groups) => groups.map(toSeats)), signatures, holds).map(toGroup);

/** What has become of an approval by itself: stop goes before expiry, and both before anything that a person presses. */
export function fateOf(standing: Standing, now: Date): Fate {
  const approval = approvalOf({ ...standing, digest: '', revision: 1, requestedAt: now, tier: 0, route: { groups: [], escalation: [] }, useByMs: 0 }, [], { excluded: [], authors: [], own: [] });
  const cancelled: CancelReason | null = standing.stopped ? 'stopped' : standing.sessionEnded ? 'session_ended' : null;
  const { approval: { quorum: after }, refused } = step(approval, cancelled ? { kind: 'cancel', reason: cancelled } : { kind: 'tick' }, now, () => false);
  if (refused) return { kind: 'terminal', state: standing.state };
  switch (after.phase.kind) {
    case 'cancelled': return cancelled ? { kind: 'cancelled', reason: cancelled } : { kind: 'terminal', state: standing.state };
    case 'expired': return { kind: after.phase.unused ? 'unused_expired' : 'expired' };
    default: return { kind: 'open' };
  }
}

/**
 * Why this person may not approve their own, or null: they are whom the session acts for, or they own the agent and the route doesn't count its
 * owner, or it says that it acts for a person whom nobody has verified, who can then be its owner as well. Denying is always possible.
 */
export function ownApproval(person: { id: string; email: string }, session: { principalType: string | null; principalId: string | null; principalVerified: boolean; ownerId: string | null }, route: { ownerCounts: boolean }): string | null {
  if (isPrincipal(person, session)) return 'The session acts on your behalf, and nobody approves their own. You can deny it; someone else has to approve.';
  if (session.ownerId !== person.id) return null;
  if (!route.ownerCounts) return 'You own this agent, and this route does not count its owner. You can deny it; someone else has to approve.';
  if (session.principalType === 'user' && session.principalId !== null && !session.principalVerified) return 'You own this agent, and nobody has verified whom it acts for: it could be you. You can deny it; someone else has to approve.';
  return null;
}

const isPrincipal = (person: { id: string; email: string }, session: { principalType: string | null; principalId: string | null }): boolean =>
  session.principalType === 'user' && session.principalId !== null && [person.id, person.email.toLowerCase()].includes(session.principalId.toLowerCase());
