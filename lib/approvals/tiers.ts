import { groupName } from '@/lib/quorum';
import type { AskedRoute, Group } from './schema';

/** What is known of a question's ladder: `tier` is how far up it was sent before the time, because nobody could meet it or a person pressed. */
export type Tiers = { requestedAt: Date; tier: number; route: Pick<AskedRoute, 'groups' | 'escalation'> };

/** Each tier with the moment from which its groups may decide. One that was sent there early stays there; the clock of those above goes on as it was. */
export function tierTimes({ requestedAt, tier, route }: Tiers): { from: Date; groups: Group[]; notify: string[] }[] {
  return route.escalation.map(({ afterMs, groups, notify }, index) => ({ from: index < tier ? requestedAt : new Date(requestedAt.getTime() + afterMs), groups, notify }));
}

/** How many tiers may decide at that moment, beside those who were asked first. */
export function tiersReached(asked: Tiers, now: Date): number {
  return tierTimes(asked).findLastIndex(({ from }) => from <= now) + 1;
}

/** Each list of groups that is enough at that moment: those asked first, or those of any tier that was reached in their place. */
export function waysToMeet(asked: Tiers, now: Date): Group[][] {
  return [asked.route.groups, ...asked.route.escalation.slice(0, tiersReached(asked, now)).map((tier) => tier.groups)];
}

/** Everybody who may decide at that moment. */
export const askedGroups = (asked: Tiers, now: Date): Group[] => waysToMeet(asked, now).flat();

/** Where it goes next, and when; undefined where it goes nowhere any more. */
export function nextTier(asked: Tiers, now: Date): { at: Date; groups: Group[]; index: number } | undefined {
  const index = tiersReached(asked, now);
  const next = tierTimes(asked)[index];
  return next && { at: next.from, groups: next.groups, index };
}

/** Who decides at that moment, in words: "2 of payments and 1 of security, or 1 of lead". */
export const whoDecides = (asked: Tiers, now: Date): string => waysToMeet(asked, now).map(groupWords).join(', or ');

export const groupWords = (groups: readonly Group[]): string => groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ') || 'nobody';
