import type { Group, Holds, Seat, Signature } from './schema';

/**
 * What is still missing: each group's count by distinct persons, and nobody sits in two seats. Empty means that all have signed.
 * With no group at all nothing can ever be agreed.
 */
export function stillNeeded(groups: readonly Group[], signatures: readonly Signature[], holds: Holds): Group[] {
  const seats = groups.flatMap((group, index) => Array.from({ length: group.count }, () => index));
  if (seats.length === 0) return [{ count: 1 }];
  const persons = [...new Map(signatures.map((one) => [one.personId, one])).values()];
  const takenBy = new Array<number>(seats.length).fill(-1);
  // Whoever sits may move to another seat that they can fill (an augmenting path), so that no order of signing loses a seat.
  const sit = (person: number, tried: Set<number>): boolean => {
    for (let seat = 0; seat < seats.length; seat++) {
      if (tried.has(seat) || !holds(persons[person]!, groups[seats[seat]!]!)) continue;
      tried.add(seat);
      if (takenBy[seat] === -1 || sit(takenBy[seat]!, tried)) {
        takenBy[seat] = person;
        return true;
      }
    }
    return false;
  };
  persons.forEach((_, person) => sit(person, new Set()));
  return groups
    .map((group, index) => ({ ...group, count: seats.filter((of, seat) => of === index && takenBy[seat] === -1).length }))
    .filter((group) => group.count > 0);
}

/** What is missing by the way of several that lacks the fewest; of equals the first. */
export function leastNeeded(ways: readonly (readonly Group[])[], signatures: readonly Signature[], holds: Holds): Group[] {
  const size = (groups: readonly Group[]) => groups.reduce((sum, group) => sum + group.count, 0);
  const [first, ...others] = ways.map((groups) => stillNeeded(groups, signatures, holds));
  return others.reduce((least, one) => (size(one) < size(least) ? one : least), first ?? [{ count: 1 }]);
}

export const groupName = ({ role, team, person, onCall }: Seat): string => role ?? team ?? person ?? (onCall === undefined ? 'nobody' : `${onCall} on call`);
