import type { Context } from '@/lib/context';
import { isUniqueViolation, prisma, type Tx } from '@/lib/db';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { lockPerson } from './internal';
import { keepGrants, setRights, teamsOf } from './set-rights';
import { knownVerbs, type Verb } from './permissions';
import { beyondReach } from './reach';
import { createRoleSchema, roleNameSchema, type CreateRole, type OwnRoleView } from './schema';

/** Makes a role of the organisation's own from verbs, none of which its maker lacks. */
export async function createRole(ctx: Context, input: CreateRole): Promise<{ name: string; verbs: Verb[] }> {
  authorise(ctx, 'role.manage');
  const { name, description, verbs } = parseInput(createRoleSchema, input);
  requireGivable(ctx, verbs);
  try {
    return await write(ctx, async (tx) => {
      await tx.customRole.create({ data: { name, description, verbs, createdAt: ctx.now(), changedAt: ctx.now() } });
      return { view: { name, verbs }, events: [organisationEvent('role.created', { name, verbs })] };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is or was a role called ${name}. Choose another name.`);
    throw error;
  }
}

/** Changes what a role is made of, felt by its holders at their next request. Where it grew it counts as newly given to each of them. */
export async function changeRole(ctx: Context, input: CreateRole): Promise<{ name: string; verbs: Verb[] }> {
  authorise(ctx, 'role.manage');
  const { name, description, verbs } = parseInput(createRoleSchema, input);
  return write(ctx, async (tx) => {
    const role = await lockRole(tx, name);
    const from = knownVerbs(role.verbs);
    // Also what is taken out: nobody takes what is not theirs to give.
    requireGivable(ctx, [...verbs, ...from.filter((verb) => !verbs.includes(verb))]);
    const view = { name, verbs };
    if (from.join() === verbs.join() && role.description === description) return { view, unchanged: true };
    await tx.customRole.update({ where: { name }, data: { description, verbs, changedAt: ctx.now() } });
    if (verbs.some((verb) => !from.includes(verb))) {
      await tx.rightGrant.deleteMany({ where: { kind: 'role', name } });
      for (const { id } of await holdersOf(tx, name)) {
        const person = await lockPerson(tx, id);
        await keepGrants(tx, ctx, { ...person, roles: person.roles.filter((held) => held !== name) }, { roles: person.roles, teams: await teamsOf(tx, id) }, ctx.now());
      }
    }
    return { view, events: [organisationEvent('role.changed', { name, from, to: verbs })] };
  });
}

/** Ends a role: whoever held it no longer does. */
export async function archiveRole(ctx: Context, input: string): Promise<void> {
  authorise(ctx, 'role.manage');
  const name = parseInput(roleNameSchema, input);
  return write(ctx, async (tx) => {
    const role = await lockRole(tx, name);
    requireGivable(ctx, knownVerbs(role.verbs));
    const events: NewEvent[] = [];
    for (const person of await holdersOf(tx, name)) events.push(...(await setRights(tx, ctx, person.id, ({ roles }) => ({ roles: roles.filter((held) => held !== name) }), ctx.now())));
    await tx.customRole.update({ where: { name }, data: { archivedAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('role.archived', { name }), ...events] };
  });
}

/** The organisation's own roles, by name. */
export async function listRoles(ctx: Context): Promise<OwnRoleView[]> {
  authorise(ctx, 'person.read');
  const rows = await prisma().customRole.findMany({ where: { archivedAt: null }, orderBy: { name: 'asc' } });
  const holders = await prisma().$queryRaw<{ name: string; count: number }[]>`SELECT r.name, count(*)::int AS count FROM person p, unnest(p.roles) AS r(name) WHERE p.state = 'active' GROUP BY r.name`;
  return rows.map((row) => ({
    name: row.name, description: row.description, verbs: knownVerbs(row.verbs), createdAt: row.createdAt.toISOString(), changedAt: row.changedAt.toISOString(),
    holders: holders.find((one) => one.name === row.name)?.count ?? 0,
  }));
}

function requireGivable(ctx: Context, verbs: readonly Verb[]): void {
  const [beyond] = beyondReach(ctx.actor, verbs);
  if (beyond) throw forbidden(`${beyond} is not yours to give or to take: a role holds nothing that its maker may not do. An administrator can.`);
}

const holdersOf = (tx: Tx, name: string) => tx.person.findMany({ where: { roles: { has: name } }, orderBy: { id: 'asc' }, select: { id: true } });

async function lockRole(tx: Tx, name: string): Promise<{ verbs: string[]; description: string }> {
  const [row] = await tx.$queryRaw<{ verbs: string[]; description: string; archivedAt: Date | null }[]>`SELECT verbs, description, archived_at AS "archivedAt" FROM custom_role WHERE name = ${name} FOR UPDATE`;
  if (!row) throw notFound(`There is no role called ${name}.`);
  if (row.archivedAt) throw conflict('This role is archived.');
  return row;
}
