import { roles as knownRoles } from '@/lib/context';
import type { ApproverGroup, Bundle, Route } from '../schema';
import { groupKey, routeTiers, tiersOf } from '../tiers';
import type { BundleFinding } from './validate-bundle';

export function checkRoutes(bundle: Bundle): BundleFinding[] {
  const findings: BundleFinding[] = [];
  for (const [name, route] of Object.entries(bundle.routes)) {
    const path = `/routes/${name}`;
    const say = (level: BundleFinding['level'], message: string) => findings.push({ level, path, message });
    checkGroups(route.groups, '', say);
    checkEscalation(route, say);
    if (route.risk === 'critical' && !route.stepUp) say('warning', 'is critical and does not ask for a passkey');
    if (route.risk === 'critical' && route.stepUpBy === 'passkey_or_totp') say('error', 'is critical, where a one-time password is never enough; leave out stepUpBy');
    if (!route.stepUp && route.stepUpBy !== undefined) say('warning', 'says what a step-up takes and asks for none; set stepUp');
    if (route.risk === 'critical' && !route.reasonRequired) say('warning', 'is critical and does not ask for a reason');
    if (route.useByMs > 24 * 3_600_000) say('warning', 'lets an approval be used for more than a day after it was given');
  }
  for (const [index, limit] of bundle.limits.entries()) {
    const { on } = limit;
    if (on.per === 'tool' && !bundle.tools.some((tool) => tool.name === on.name)) findings.push({ level: 'error', path: `/limits/${index}`, message: `names the tool "${on.name}", which the registry does not have` });
    if (on.per === 'class' && !bundle.tools.some((tool) => tool.classes.includes(on.name))) findings.push({ level: 'warning', path: `/limits/${index}`, message: `names the class "${on.name}", which no tool has` });
  }
  findings.push(...checkConstrained(bundle));
  return findings;
}

function checkConstrained({ constrained, routes, tools }: Bundle): BundleFinding[] {
  if (!constrained) return [];
  const findings: BundleFinding[] = [];
  if (constrained.route !== undefined && !Object.hasOwn(routes, constrained.route)) findings.push({ level: 'error', path: '/constrained/route', message: `names the route "${constrained.route}", which the bundle does not have` });
  for (const name of Object.keys(constrained.tools)) if (!tools.some((tool) => tool.name === name)) findings.push({ level: 'error', path: `/constrained/tools/${name}`, message: `names the tool "${name}", which the registry does not have` });
  for (const name of Object.keys(constrained.classes)) if (!tools.some((tool) => tool.classes.includes(name))) findings.push({ level: 'warning', path: `/constrained/classes/${name}`, message: `names the class "${name}", which no tool has` });
  return findings;
}

type Say = (level: BundleFinding['level'], message: string) => void;

function checkGroups(groups: readonly ApproverGroup[], where: string, say: Say): void {
  const seen = new Set<string>();
  for (const group of groups) {
    const key = groupKey(group);
    if ('role' in group && !(knownRoles as readonly string[]).includes(group.role)) say('error', `names the role "${group.role}", which does not exist${where}`);
    if ('role' in group && group.role === 'viewer') say('error', `asks viewers, who may look but not decide${where}`);
    if (seen.has(key)) say('error', `names ${key} twice; one entry with the larger quorum says it${where}`);
    seen.add(key);
    if (group.quorum > 5) say('warning', `needs ${group.quorum} of ${key}: rarely are that many awake${where}`);
    if ('onCall' in group && group.quorum > 1) say('warning', `needs ${group.quorum} of ${key}: most rotas have one person at a time${where}`);
  }
}

/** A tier that can never decide, or that nobody would notice, is not an escalation. */
function checkEscalation(route: Route, say: Say): void {
  if (route.escalation !== undefined && (route.escalateTo !== undefined || route.escalateAfterMs !== undefined)) say('error', 'says its tiers twice: by escalation, and by escalateTo or escalateAfterMs; leave the older way out');
  if (route.escalateAfterMs !== undefined && route.escalateAfterMs >= route.decideByMs) say('error', 'escalates only when the time to decide is already over');
  if (route.escalateAfterMs !== undefined && !route.escalateTo?.length) say('warning', 'says when it escalates and not to whom');
  const tiers = routeTiers(route);
  const times = tiersOf(route, route.decideByMs);
  const before = new Set(route.groups.map(saysOf));
  for (const [index, tier] of tiers.entries()) {
    const where = ` (tier ${index + 1})`;
    checkGroups(tier.groups, where, say);
    if (route.escalation && tier.afterMs !== undefined && tier.afterMs >= route.decideByMs) say('error', `escalates only when the time to decide is already over${where}`);
    if (index > 0 && times[index]!.afterMs <= times[index - 1]!.afterMs) say('error', `does not come after the tier before it${where}; give it a later afterMs`);
    if (tier.groups.every((group) => before.has(saysOf(group)))) say('warning', `asks only who was asked already${where}`);
    for (const group of tier.groups) before.add(saysOf(group));
  }
}

const saysOf = (group: ApproverGroup): string => `${group.quorum} of ${groupKey(group)}`;
