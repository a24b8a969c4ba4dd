import type { ApproverGroup, AskedTier, Route, RouteTier } from './schema';

/**
 * A route's tiers with their moments, in order, for a question that must be decided within `decideByMs` (which another route can have made
 * shorter than this one says: what would come too late then, comes at its usual part of the time).
 */
export function tiersOf(route: Pick<Route, 'escalation' | 'escalateAfterMs' | 'escalateTo'>, decideByMs: number): AskedTier[] {
  const said = routeTiers(route);
  let earliest = 0;
  return said.map(({ afterMs, groups, notify }, index) => {
    const usual = Math.floor((decideByMs * (said.length + index)) / (2 * said.length));
    earliest = Math.max(earliest, afterMs === undefined || afterMs >= decideByMs ? usual : afterMs);
    return { afterMs: earliest, groups, notify: notify ?? [] };
  });
}

/** The tiers as they are written, by either way of writing them. */
export function routeTiers({ escalation, escalateTo, escalateAfterMs }: Pick<Route, 'escalation' | 'escalateAfterMs' | 'escalateTo'>): RouteTier[] {
  if (escalation) return escalation;
  return escalateTo?.length ? [{ ...(escalateAfterMs !== undefined && { afterMs: escalateAfterMs }), groups: escalateTo }] : [];
}

/** What two entries for the same people have in common, as a phrase. */
export function groupKey(group: ApproverGroup): string {
  if ('role' in group) return `the role ${group.role}`;
  if ('team' in group) return `the team ${group.team}`;
  return 'person' in group ? group.person : `who is on call for ${group.onCall}`;
}
