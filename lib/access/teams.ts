import type { Context } from '@/lib/context';
import { isUniqueViolation, prisma, type Tx } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { personView } from './internal';
import { changeTeamSchema, createTeamSchema, personIdSchema, teamMembersSchema, type ChangeTeam, type CreateTeam, type TeamMembers, type TeamView } from './schema';
import { changed, setRights, type ChangeRights } from './set-rights';

/** Makes a team that routes can ask. A name is used once, also of an archived team: what the log says of it stays about that one. */
export async function createTeam(ctx: Context, input: CreateTeam): Promise<{ id: string; name: string }> {
  authorise(ctx, 'team.manage');
  const { name, description } = parseInput(createTeamSchema, input);
  return onceNamed(name, () => write(ctx, async (tx) => {
    const id = newId();
    await tx.team.create({ data: { id, name, description, createdAt: ctx.now() } });
    return { view: { id, name }, events: [organisationEvent('team.created', { teamId: id, name })] };
  }));
}

/** Renames a team or describes it otherwise. Routes ask by name, so under a new name its members count as newly joined. */
export async function changeTeam(ctx: Context, input: ChangeTeam): Promise<{ id: string; name: string }> {
  authorise(ctx, 'team.manage');
  const { teamId, name, description } = parseInput(changeTeamSchema, input);
  return onceNamed(name, () => write(ctx, async (tx) => {
    const team = await lockTeam(tx, teamId);
    const view = { id: teamId, name };
    if (team.name === name && team.description === description) return { view, unchanged: true };
    await tx.team.update({ where: { id: teamId }, data: { name, description } });
    if (team.name !== name) {
      const members = await tx.teamMember.findMany({ where: { teamId }, select: { personId: true } });
      await tx.rightGrant.deleteMany({ where: { kind: 'team', name: team.name } });
      for (const { personId } of members) await setRights(tx, ctx, personId, ({ teams }) => ({ teams }), ctx.now());
    }
    return { view, events: [organisationEvent('team.changed', { teamId, name, from: team.name })] };
  }));
}

/** Says who is in a team; who leaves and who joins goes on the record, person by person. */
export async function changeTeamMembers(ctx: Context, input: TeamMembers): Promise<void> {
  authorise(ctx, 'team.manage');
  const { teamId, members } = parseInput(teamMembersSchema, input);
  return write(ctx, async (tx) => {
    const team = await lockTeam(tx, teamId);
    const before = (await tx.teamMember.findMany({ where: { teamId }, select: { personId: true } })).map((row) => row.personId);
    const moved = [...new Set([...before, ...members])].filter((id) => before.includes(id) !== members.includes(id)).sort();
    const managed = await tx.person.findFirst({ where: { id: { in: moved }, managedBy: { not: null } }, select: { name: true, managedBy: true } });
    if (managed) throw conflict(`The groups of ${managed.managedBy} give ${managed.name} their teams. Change their groups there.`);
    const events: NewEvent[] = [];
    for (const id of moved) {
      const change: ChangeRights = ({ teams }) => ({ teams: [...teams.filter((name) => name !== team.name), ...(members.includes(id) ? [team.name] : [])] });
      events.push(...(await setRights(tx, ctx, id, change, ctx.now())));
    }
    return changed(undefined, events);
  });
}

/** Ends a team: nobody is in it any more, and a route that asks it asks nobody. */
export async function archiveTeam(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'team.manage');
  const teamId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const team = await lockTeam(tx, teamId);
    const members = await tx.teamMember.findMany({ where: { teamId }, select: { personId: true }, orderBy: { personId: 'asc' } });
    const events: NewEvent[] = [];
    for (const { personId } of members) events.push(...(await setRights(tx, ctx, personId, ({ teams }) => ({ teams: teams.filter((name) => name !== team.name) }), ctx.now())));
    await tx.team.update({ where: { id: teamId }, data: { archivedAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('team.archived', { teamId, name: team.name }), ...events] };
  });
}

/** Every team there is, by name, with its members. */
export async function listTeams(ctx: Context): Promise<TeamView[]> {
  authorise(ctx, 'person.read');
  const rows = await prisma().team.findMany({ where: { archivedAt: null }, orderBy: { name: 'asc' }, include: { members: { include: { person: true } } } });
  return rows.map((row) => ({
    id: row.id, name: row.name, description: row.description, createdAt: row.createdAt.toISOString(),
    members: row.members.map(({ person }) => personView(person)).map(({ id, name, email, state }) => ({ id, name, email, state })).sort((a, b) => a.name.localeCompare(b.name)),
  }));
}

async function lockTeam(tx: Tx, id: string): Promise<{ name: string; description: string }> {
  const [row] = await tx.$queryRaw<{ name: string; description: string; archivedAt: Date | null }[]>`SELECT name, description, archived_at AS "archivedAt" FROM team WHERE id = ${id}::uuid FOR UPDATE`;
  if (!row) throw notFound('There is no such team.');
  if (row.archivedAt) throw conflict('This team is archived.');
  return row;
}

async function onceNamed<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is or was a team called ${name}. Choose another name.`);
    throw error;
  }
}
