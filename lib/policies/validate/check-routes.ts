import { roles as knownRoles } from '@/lib/context';
import type { ApproverGroup, Bundle } from '../schema';
import type { BundleFinding } from './validate-bundle';

export function checkRoutes(bundle: Bundle): BundleFinding[] {
  const findings: BundleFinding[] = [];
  for (const [name, route] of Object.entries(bundle.routes)) {
    const path = `/routes/${name}`;
    const say = (level: BundleFinding['level'], message: string) => findings.push({ level, path, message });
    const seen = new Set<string>();
    for (const group of [...route.groups, ...(route.escalateTo ?? [])]) {
      if ('role' in group && !(knownRoles as readonly string[]).includes(group.role)) say('error', `names the role "${group.role}", which does not exist`);
      if ('role' in group && group.role === 'viewer') say('error', 'asks viewers, who may look but not decide');
    }
    for (const group of route.groups) {
      if (seen.has(keyOf(group))) say('error', `names ${keyOf(group)} twice; one entry with the larger quorum says it`);
      seen.add(keyOf(group));
      if (group.quorum > 5) say('warning', `needs ${group.quorum} of ${keyOf(group)}: rarely are that many awake`);
    }
    if (route.escalateAfterMs !== undefined && route.escalateAfterMs >= route.decideByMs) say('error', 'escalates only when the time to decide is already over');
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
  return findings;
}

const keyOf = (group: ApproverGroup): string => ('role' in group ? `the role ${group.role}` : `the team ${group.team}`);
