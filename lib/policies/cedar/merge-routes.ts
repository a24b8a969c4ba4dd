import { riskLevels, type ApproverGroup, type Obligation, type Route } from '../schema';

/** All routes that apply, together: every group with its larger quorum, the shortest times, the strictest of the rest. */
export function mergeRoutes(names: readonly string[], routes: Readonly<Record<string, Route>>): Obligation {
  const all = names.map((name) => {
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (!route) throw new Error(`There is no route "${name}".`);
    return route;
  });
  const risk = riskLevels[Math.max(...all.map((route) => riskLevels.indexOf(route.risk)))] ?? 'critical';
  const steppingUp = all.filter((route) => route.stepUp);
  const byCode = steppingUp.length > 0 && risk !== 'critical' && steppingUp.every((route) => route.stepUpBy === 'passkey_or_totp');
  const decideByMs = Math.min(...all.map((route) => route.decideByMs));
  return {
    routes: names,
    groups: mergeGroups(all.flatMap((route) => route.groups)),
    decideByMs,
    escalateAfterMs: Math.min(decideByMs, ...all.map((route) => route.escalateAfterMs ?? Math.floor(route.decideByMs / 2))),
    escalateTo: mergeGroups(all.flatMap((route) => route.escalateTo ?? [])),
    useByMs: Math.min(...all.map((route) => route.useByMs)),
    stepUp: steppingUp.length > 0,
    ...(byCode && { stepUpBy: 'passkey_or_totp' }),
    reasonRequired: all.some((route) => route.reasonRequired),
    ownerCounts: all.every((route) => route.ownerCounts),
    risk,
  };
}

function mergeGroups(groups: readonly ApproverGroup[]): ApproverGroup[] {
  const merged = new Map<string, ApproverGroup>();
  for (const group of groups) {
    const key = 'role' in group ? `role ${group.role}` : `team ${group.team}`;
    const known = merged.get(key);
    if (!known || known.quorum < group.quorum) merged.set(key, group);
  }
  return [...merged.values()];
}
