import type { Obligation } from '@/lib/policies/schema';
import { riskLevels } from '@/lib/policies/schema';
import type { AskedRoute, Group } from './schema';

/** Who a group is, whatever its number. */
const whoOf = ({ quorum: _, ...who }: Group): string => JSON.stringify(Object.entries(who).filter(([, name]) => name !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
const rank = (risk: AskedRoute['risk']) => riskLevels.indexOf(risk);
const byCode = (terms: Pick<AskedRoute, 'stepUp' | 'stepUpBy'>) => !terms.stepUp || terms.stepUpBy === 'passkey_or_totp';

/** What the rules ask for now, as far as it says who must agree and how. */
export type Terms = Pick<Obligation, 'routes' | 'groups' | 'escalation' | 'notify' | 'useByMs' | 'decideByMs' | 'stepUp' | 'stepUpBy' | 'reasonRequired' | 'ownerCounts' | 'risk'>;

/** Whether people who were asked under `asked` were asked by all that `now` wants; times aside, which were told when it was asked. */
export function covers(asked: AskedRoute, now: Terms | AskedRoute): boolean {
  return holdAll(asked.groups, now.groups) && asked.escalation.every(({ afterMs, groups }) => holdAll(groups, now.groups) || holdAll(groups, standingAt(now, afterMs)))
    && (!now.stepUp || (asked.stepUp && (byCode(now) || !byCode(asked)))) && (!now.reasonRequired || asked.reasonRequired) && (!asked.ownerCounts || now.ownerCounts) && rank(asked.risk) >= rank(now.risk);
}

/** Whether as many of each are among these. */
const holdAll = (groups: readonly Group[], wanted: readonly Group[]): boolean => wanted.every((group) => groups.some((one) => whoOf(one) === whoOf(group) && one.quorum >= group.quorum));
/** Who stands for the approvers of these terms so long after the asking. */
const standingAt = ({ groups, escalation }: { groups: readonly Group[]; escalation: readonly { afterMs: number; groups: readonly Group[] }[] }, afterMs: number): readonly Group[] => escalation.findLast((tier) => tier.afterMs <= afterMs)?.groups ?? groups;

/** Both together: every group with its larger quorum and the strictest of the rest. Nothing that was asked for is let go. */
export function rebound(asked: AskedRoute, now: Terms): AskedRoute {
  const stepUp = asked.stepUp || now.stepUp;
  const risk = rank(now.risk) > rank(asked.risk) ? now.risk : asked.risk;
  const { stepUpBy: _, ...rest } = asked;
  return {
    ...rest, routes: [...new Set([...asked.routes, ...now.routes])], groups: together(asked.groups, now.groups), escalation: climbing(asked, now), notify: [...new Set([...asked.notify, ...now.notify])], risk, stepUp, ...(stepUp && byCode(asked) && byCode(now) && risk !== 'critical' ? { stepUpBy: 'passkey_or_totp' as const } : {}),
    useByMs: Math.min(asked.useByMs, now.useByMs), decideByMs: Math.min(asked.decideByMs, now.decideByMs), reasonRequired: asked.reasonRequired || now.reasonRequired, ownerCounts: asked.ownerCounts && now.ownerCounts,
  };
}

/** At each moment at which one of them goes up, both at where they stand then: who stands in for the one's approvers doesn't for the other's. */
const climbing = (asked: AskedRoute, now: Terms): AskedRoute['escalation'] => [...new Set([...asked.escalation, ...now.escalation].map(({ afterMs }) => afterMs))].sort((a, b) => a - b).map((afterMs) => ({
  afterMs, groups: together(standingAt(asked, afterMs), standingAt(now, afterMs)), notify: [...new Set([...asked.escalation, ...now.escalation].filter((tier) => tier.afterMs === afterMs).flatMap((tier) => tier.notify))],
}));

function together(some: readonly Group[], others: readonly Group[]): Group[] {
  const groups = new Map<string, Group>();
  for (const group of [...some, ...others]) {
    const known = groups.get(whoOf(group));
    if (!known || known.quorum < group.quorum) groups.set(whoOf(group), group);
  }
  return [...groups.values()];
}
