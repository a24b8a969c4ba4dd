import { leastNeeded, type Signature } from '@/lib/quorum';
import { groupName } from '@/lib/quorum';
import { groupWords, tiersReached, waysToMeet, type Tiers } from './tiers';
import type { Group } from './schema';
import { holds } from './signatures';

/** `first`: also by those who were asked first. `to`: how many tiers up the nearest one is that can meet it; null where none can. */
export type Judged = { kind: 'met'; first: boolean } | { kind: 'unmet'; what: string; to: number | null };

/** Whether all who may decide could meet what is asked at that moment, if every one of them said yes. */
export function judgeRoute(asked: Tiers, everybody: readonly Signature[], now: Date): Judged {
  const ways = waysToMeet(asked, now);
  const first = missingOf(ways[0]!, everybody).length === 0;
  if (first || ways.slice(1).some((groups) => missingOf(groups, everybody).length === 0)) return { kind: 'met', first };
  const reached = tiersReached(asked, now);
  const further = asked.route.escalation.slice(reached).findIndex(({ groups }) => missingOf(groups, everybody).length === 0);
  const to = further < 0 ? null : reached + further + 1;
  return { kind: 'unmet', what: sentenceOf(asked, ways, everybody, to), to };
}

const seatsOf = (groups: readonly Group[]) => groups.map(({ quorum, ...seat }) => ({ ...seat, count: quorum }));
const missingOf = (groups: readonly Group[], everybody: readonly Signature[]) => leastNeeded([seatsOf(groups)], everybody, holds);

function sentenceOf(asked: Tiers, ways: readonly (readonly Group[])[], everybody: readonly Signature[], to: number | null): string {
  const missing = leastNeeded(ways.map(seatsOf), everybody, holds);
  const parts = missing.map(({ count, ...seat }) => {
    if (seat.onCall !== undefined) return everybody.some((one) => holds(one, seat)) ? `${count} more on call for ${seat.onCall}` : `somebody on call for ${seat.onCall}`;
    return seat.person ?? `${count}${everybody.some((one) => holds(one, seat)) ? ' more' : ''} of ${groupName(seat)}`;
  });
  const end = to === null ? 'Nobody further up can either: unless that changes it expires, which denies it.' : `So it went to ${groupWords(asked.route.escalation[to - 1]!.groups)} at once.`;
  return `Too few people may decide this as it was asked (${ways.map(groupWords).join(', or ')}): it lacks ${parts.join(' and ')}. ${end}`;
}
