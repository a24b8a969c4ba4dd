import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { knownRights, setRights } from '../set-rights';
import type { OidcClaims } from './claims';
import { decideRights, shrinks, type GroupMappingRow, type RightsDecision } from './mapping';

export type AppliedGroups =
  | { kind: 'unknown' | 'by_hand' }
  | { kind: 'managed'; roles: string[]; shrunk: boolean; keptAdministrator: boolean; events: NewEvent[] };

/**
 * Sets a person's roles and teams from their groups, if the groups have anything to say. The last administrator who can sign in stays one
 * whatever the groups say: a mistake at the provider must not leave a console that nobody can set right. First in its transaction, because
 * it holds administrators' rows in their order.
 */
export async function applyGroups(tx: Tx, ctx: Context, person: { id: string; managed: boolean }, claims: OidcClaims): Promise<AppliedGroups> {
  const decision = await decide(tx, person.managed, claims);
  if (decision.kind === 'refuse') return { kind: 'unknown' };
  if (decision.kind === 'by_hand') return { kind: 'by_hand' };

  const { teams, roles } = decision.rights;
  const set = async (given: string[]) => ({ roles: given, events: await setRights(tx, ctx, person.id, { roles: given, teams }, ctx.now()) });
  let keptAdministrator = false;
  const done = await set(roles).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
    keptAdministrator = true;
    return set([...roles, 'admin']);
  });
  return {
    kind: 'managed', roles: done.roles, keptAdministrator,
    shrunk: done.events.some((event) => event.type === 'person.roles_changed' && shrinks(event.data.from, event.data.to)),
    events: [...done.events, ...(keptAdministrator ? [organisationEvent('person.administrator_kept', { personId: person.id, issuer: claims.issuer })] : [])],
  };
}

/** What the groups say, without what the mapping names and this console no longer has. */
export async function decide(tx: Tx, managed: boolean, claims: OidcClaims): Promise<RightsDecision> {
  const rows = await tx.groupMapping.findMany({ where: { issuer: claims.issuer } });
  const decision = decideRights(managed, rows as GroupMappingRow[], claims.groups);
  return decision.kind === 'managed' ? { kind: 'managed', rights: await knownRights(tx, decision.rights) } : decision;
}
