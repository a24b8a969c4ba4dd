import type { ApprovalStateName, CancelReason, Group } from './schema';

/** Who has signed for the digest that stands, with the roles and teams they held when they did. */
export type Signer = { personId: string; roles: readonly string[]; teams: readonly string[] };

/** Whether a person may sign for a group; roles are a ladder, so `holds` decides and not equality. */
export type Holds = (signer: Signer, group: Group) => boolean;

/**
 * What is still missing before a grant: each group's quorum by distinct persons, and nobody counts in two places.
 * Empty means granted. With no group at all nothing can ever be granted.
 */
export function stillNeeded(groups: readonly Group[], signers: readonly Signer[], holds: Holds): Group[] {
  const places = groups.flatMap((group, index) => Array.from({ length: group.quorum }, () => index));
  if (places.length === 0) return [{ role: 'admin', quorum: 1 }];
  const persons = [...new Map(signers.map((signer) => [signer.personId, signer])).values()];
  const takenBy = new Array<number>(places.length).fill(-1);
  const seat = (person: number, tried: Set<number>): boolean => {
    for (let place = 0; place < places.length; place++) {
      if (tried.has(place) || !holds(persons[person]!, groups[places[place]!]!)) continue;
      tried.add(place);
      if (takenBy[place] === -1 || seat(takenBy[place]!, tried)) {
        takenBy[place] = person;
        return true;
      }
    }
    return false;
  };
  persons.forEach((_, person) => seat(person, new Set()));
  return groups
    .map((group, index) => ({ ...group, quorum: places.filter((of, place) => of === index && takenBy[place] === -1).length }))
    .filter((group) => group.quorum > 0);
}

export const groupName = (group: Group): string => group.role ?? group.team ?? 'nobody';

/** What is known of an approval under its row's lock, at one moment of the database's clock. */
export type Standing = { state: ApprovalStateName; decideBy: Date; useBy: Date | null; stopped: boolean; sessionEnded: boolean };
export type Fate = { kind: 'open' } | { kind: 'cancelled'; reason: CancelReason } | { kind: 'expired' } | { kind: 'unused_expired' } | { kind: 'terminal'; state: ApprovalStateName };

/** What has become of an approval by itself: stop goes before expiry, and both before anything that a person presses. */
export function fateOf(standing: Standing, now: Date): Fate {
  switch (standing.state) {
    case 'pending':
    case 'partially_approved':
      if (standing.stopped) return { kind: 'cancelled', reason: 'stopped' };
      if (standing.sessionEnded) return { kind: 'cancelled', reason: 'session_ended' };
      return standing.decideBy.getTime() <= now.getTime() ? { kind: 'expired' } : { kind: 'open' };
    case 'approved':
      if (standing.stopped) return { kind: 'cancelled', reason: 'stopped' };
      if (standing.sessionEnded) return { kind: 'cancelled', reason: 'session_ended' };
      return standing.useBy && standing.useBy.getTime() <= now.getTime() ? { kind: 'unused_expired' } : { kind: 'open' };
    default:
      return { kind: 'terminal', state: standing.state };
  }
}

/** Why this person may not approve their own, or null. Denying is always possible. */
export function ownApproval(person: { id: string; email: string }, session: { principalType: string | null; principalId: string | null; ownerId: string | null }, route: { ownerCounts: boolean }): string | null {
  const isPrincipal = session.principalType === 'user' && session.principalId !== null && [person.id, person.email.toLowerCase()].includes(session.principalId.toLowerCase());
  if (isPrincipal) return 'The session acts on your behalf, and nobody approves their own. You can deny it; someone else has to approve.';
  if (session.ownerId === person.id && !route.ownerCounts) return 'You own this agent, and this route does not count its owner. You can deny it; someone else has to approve.';
  return null;
}
