import { recordedActor, type Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { invalid } from '@/lib/errors';
import { organisationEvent, type NewEvent, type Written } from '@/lib/log';
import { lockAdministrators, lockPerson, requireAnotherAdministrator, type PersonRow } from './internal';
import { builtInRole, orderedRoles } from './role-names';
import { rungsOf } from './rights';

/** By name. A part that is absent stays as it is; roles are built-in ones or ones of the organisation's own. */
export type NextRights = { roles?: readonly string[]; teams?: readonly string[] };
/** The same as a change of what the person has, which nobody changes meanwhile. */
export type ChangeRights = (held: { roles: string[]; teams: string[] }) => NextRights;

/**
 * Gives a person these roles and teams, and keeps since when and on whose word they hold each. Answers the events; none when nothing changed.
 * `invalid` for a name that does not exist, `conflict` when no administrator would be left. It holds administrators' rows in one order, so
 * call it before the transaction locks any other person.
 */
export async function setRights(tx: Tx, ctx: Context, personId: string, wanted: NextRights | ChangeRights, now: Date): Promise<NewEvent[]> {
  const administrators = typeof wanted === 'function' || wanted.roles ? await lockAdministrators(tx) : [];
  const person = await lockPerson(tx, personId);
  const from = { roles: orderedRoles(person.roles), teams: await teamsOf(tx, personId) };
  const next = typeof wanted === 'function' ? wanted(from) : wanted;
  const to = { roles: next.roles ? orderedRoles(next.roles) : from.roles, teams: next.teams ? [...new Set(next.teams)].sort() : from.teams };
  if (!to.roles.includes('admin')) await requireAnotherAdministrator(tx, personId, administrators);
  await requireKnown(tx, { roles: to.roles.filter((name) => !from.roles.includes(name)), teams: to.teams.filter((name) => !from.teams.includes(name)) });

  const events: NewEvent[] = [];
  if (from.roles.join() !== to.roles.join()) {
    await tx.person.update({ where: { id: personId }, data: { roles: to.roles } });
    events.push(organisationEvent('person.roles_changed', { personId, from: from.roles, to: to.roles }));
  }
  if (from.teams.join('\n') !== to.teams.join('\n')) {
    await tx.$executeRaw`DELETE FROM team_member m USING team t WHERE t.id = m.team_id AND m.person_id = ${personId}::uuid AND t.archived_at IS NULL AND NOT t.name = ANY(${to.teams}::text[])`;
    await tx.$executeRaw`INSERT INTO team_member (team_id, person_id) SELECT id, ${personId}::uuid FROM team WHERE name = ANY(${to.teams}::text[]) ON CONFLICT DO NOTHING`;
    events.push(organisationEvent('person.teams_changed', { personId, from: from.teams, to: to.teams }));
  }
  await keepGrants(tx, ctx, { ...person, roles: from.roles }, to, now);
  return events;
}

/** Those of the names that a person can be given now; for groups that outlived a team or role. */
export async function knownRights(tx: Pick<Tx, 'customRole' | 'team'>, wanted: Required<NextRights>): Promise<{ roles: string[]; teams: string[] }> {
  const own = await tx.customRole.findMany({ where: { name: { in: [...wanted.roles] }, archivedAt: null }, select: { name: true } });
  const teams = await tx.team.findMany({ where: { name: { in: [...wanted.teams] }, archivedAt: null }, select: { name: true } });
  return {
    roles: orderedRoles(wanted.roles.filter((name) => builtInRole(name) || own.some((role) => role.name === name))),
    teams: teams.map((team) => team.name).sort(),
  };
}

/**
 * Brings the kept grants in line with what a person holds: a right that they had keeps its age, a new one is as old as this moment, one that
 * went is forgotten. `from.roles` is what they held so far. `afresh` makes all of it new, for somebody who comes back.
 */
export async function keepGrants(tx: Tx, ctx: Context, from: Pick<PersonRow, 'id' | 'roles' | 'createdAt'>, to: { roles: readonly string[]; teams: readonly string[] }, now: Date, afresh = false): Promise<void> {
  const kept = await tx.rightGrant.findMany({ where: { personId: from.id } });
  const key = (kind: string, name: string) => `${kind}:${name}`;
  const ages = new Map(kept.map((row) => [key(row.kind, row.name), row]));
  // A higher rung held since long is the lower one held since long, whether or not the lower has a row.
  const heldSince = (role: string): Date | undefined => {
    const above = from.roles.filter((held) => rungsOf(held).includes(role)).flatMap((held) => rungsOf(held).slice(rungsOf(held).indexOf(role)));
    if (above.length === 0) return undefined;
    const rows = above.flatMap((rung) => ages.get(key('role', rung)) ?? []).map((row) => row.grantedAt.getTime());
    return new Date(rows.length > 0 ? Math.min(...rows) : from.createdAt.getTime());
  };
  const wanted = [
    ...[...new Set(to.roles.flatMap(rungsOf))].map((name) => ({ kind: 'role', name, since: afresh ? undefined : heldSince(name) })),
    ...to.teams.map((name) => ({ kind: 'team', name, since: afresh ? undefined : ages.get(key('team', name))?.grantedAt })),
  ];
  const gone = kept.filter((row) => afresh || !wanted.some((one) => one.kind === row.kind && one.name === row.name));
  for (const row of gone) await tx.rightGrant.delete({ where: { personId_kind_name: { personId: from.id, kind: row.kind, name: row.name } } });
  const missing = wanted.filter((one) => afresh || !ages.has(key(one.kind, one.name)));
  await tx.rightGrant.createMany({ data: missing.map(({ kind, name, since }) => ({ personId: from.id, kind, name, grantedAt: since ?? now, ...(since ? {} : { grantedBy: recordedActor(ctx.actor) }) })) });
}

/** What a verb hands to `write` when it may have found that nothing changes. */
export const changed = <V>(view: V, events: readonly NewEvent[]): Written<V> => {
  const [first, ...more] = events;
  return first ? { view, events: [first, ...more] } : { view, unchanged: true };
};

/** Names of the teams that a person is in. */
export async function teamsOf(tx: Pick<Tx, 'teamMember'>, personId: string): Promise<string[]> {
  const rows = await tx.teamMember.findMany({ where: { personId, team: { archivedAt: null } }, select: { team: { select: { name: true } } } });
  return rows.map((row) => row.team.name).sort();
}

export async function requireKnown(tx: Tx, wanted: Required<NextRights>): Promise<void> {
  const known = await knownRights(tx, wanted);
  const role = wanted.roles.find((name) => !known.roles.includes(name));
  if (role !== undefined) throw invalid(`There is no role "${role}".`, [{ path: '/roles', message: `There is no role "${role}".` }]);
  const team = wanted.teams.find((name) => !known.teams.includes(name));
  if (team !== undefined) throw invalid(`There is no team "${team}".`, [{ path: '/teams', message: `There is no team "${team}".` }]);
}
