import { riskLevels, type ApproverGroup, type AskedTier, type Obligation, type Risk, type Route } from '../schema';
import { groupKey, tiersOf } from '../tiers';

/** All routes that apply, together: every group with its larger quorum, the shortest times, the strictest of the rest. `risks` are those that the rules say of the call: the gravest counts, and never less than a route's. */
export function mergeRoutes(names: readonly string[], routes: Readonly<Record<string, Route>>, risks: readonly Risk[] = []): Obligation {
  const all = names.map((name) => {
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (!route) throw new Error(`There is no route "${name}".`);
    return route;
  });
  const risk = gravest([...all.map((route) => route.risk), ...risks]);
  const steppingUp = all.filter((route) => route.stepUp);
  const byCode = steppingUp.length > 0 && risk !== 'critical' && steppingUp.every((route) => route.stepUpBy === 'passkey_or_totp');
  const decideByMs = Math.min(...all.map((route) => route.decideByMs));
  return {
    routes: names,
    groups: mergeGroups(all.flatMap((route) => route.groups)),
    decideByMs,
    escalation: mergeEscalation(all, decideByMs),
    notify: [...new Set(all.flatMap((route) => route.notify ?? []))],
    useByMs: Math.min(MOST_USE_BY_MS, ...all.map((route) => route.useByMs)),
    stepUp: steppingUp.length > 0,
    ...(byCode && { stepUpBy: 'passkey_or_totp' }),
    reasonRequired: all.some((route) => route.reasonRequired),
    ownerCounts: all.every((route) => route.ownerCounts),
    risk,
  };
}

/** What an approval's row can hold: almost twenty-five days. A route that says thirty would have every ask of its refused. */
const MOST_USE_BY_MS = 2 ** 31 - 1;

export const gravest = (risks: readonly Risk[]): Risk => riskLevels[Math.max(...risks.map((risk) => riskLevels.indexOf(risk)))] ?? 'critical';

/**
 * At each moment at which a route goes to its next tier, every route at where it stands then: whoever stands in for the approvers of one
 * route doesn't stand in for those of another, which may not escalate at all.
 */
function mergeEscalation(all: readonly Route[], decideByMs: number): AskedTier[] {
  const ladders = all.map((route) => ({ groups: route.groups, tiers: tiersOf(route, decideByMs) }));
  const moments = [...new Set(ladders.flatMap(({ tiers }) => tiers.map((tier) => tier.afterMs)))].sort((a, b) => a - b);
  return moments.map((afterMs) => ({
    afterMs,
    groups: mergeGroups(ladders.flatMap(({ groups, tiers }) => tiers.findLast((tier) => tier.afterMs <= afterMs)?.groups ?? groups)),
    notify: [...new Set(ladders.flatMap(({ tiers }) => tiers.filter((tier) => tier.afterMs === afterMs).flatMap((tier) => tier.notify)))],
  }));
}

function mergeGroups(groups: readonly ApproverGroup[]): ApproverGroup[] {
  const merged = new Map<string, ApproverGroup>();
  for (const group of groups) {
    const known = merged.get(groupKey(group));
    if (!known || known.quorum < group.quorum) merged.set(groupKey(group), group);
  }
  return [...merged.values()];
}
