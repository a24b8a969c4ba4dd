import type { GroupsClaim } from './claims';

export type GroupMappingRow = { group: string; kind: 'role' | 'team'; name: string };
/** The rights that a person's groups give, each once, in a fixed order. */
export type MappedRights = { roles: string[]; teams: string[] };

/** What the mapping makes of a person's groups. Pure; only names that the mapping knows ever come out of it. */
export function mapGroups(mapping: readonly GroupMappingRow[], groups: ReadonlySet<string>): MappedRights {
  const given = mapping.filter((row) => groups.has(row.group));
  const names = (kind: GroupMappingRow['kind']) => [...new Set(given.filter((row) => row.kind === kind).map((row) => row.name))].sort();
  return { roles: names('role'), teams: names('team') };
}

export const isNothing = (rights: MappedRights): boolean => rights.roles.length === 0 && rights.teams.length === 0;

/** What a sign-in does about the rights of a person: leave them to hand, set them, or refuse because nobody can say what they are. */
export type RightsDecision = { kind: 'by_hand' } | { kind: 'managed'; rights: MappedRights } | { kind: 'refuse' };

/**
 * A person is managed by the issuer from the first sign-in on at which one of their groups gives something, and stays so until unlinked:
 * then what the groups say holds, also when they give nothing. Until then what was given by hand holds.
 */
export function decideRights(managed: boolean, mapping: readonly GroupMappingRow[], claim: GroupsClaim): RightsDecision {
  if (claim.kind !== 'listed') return managed ? { kind: 'refuse' } : { kind: 'by_hand' };
  const rights = mapGroups(mapping, claim.groups);
  return managed || !isNothing(rights) ? { kind: 'managed', rights } : { kind: 'by_hand' };
}

/** Whether the new roles leave out one that was held: then every other sign-in of that person ends. */
export const shrinks = (before: readonly string[], after: readonly string[]): boolean => before.some((role) => !after.includes(role));
