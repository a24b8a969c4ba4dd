import { roles as builtIn, type Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { authorise } from './authorise';
import type { IdentityView, MappedGroupView, SingleSignOnView } from './schema';
import { readSetting } from './settings';

/** What the settings page says about the provider of this issuer: the mapping, and who came in by it last. */
export async function readSingleSignOn(ctx: Context, issuer: string): Promise<SingleSignOnView> {
  authorise(ctx, 'setting.read');
  authorise(ctx, 'person.read');
  const [rows, own, teams, used, provision] = await Promise.all([
    prisma().groupMapping.findMany({ where: { issuer }, orderBy: [{ group: 'asc' }, { kind: 'asc' }, { name: 'asc' }] }),
    prisma().customRole.findMany({ where: { archivedAt: null }, orderBy: { name: 'asc' }, select: { name: true } }),
    prisma().team.findMany({ where: { archivedAt: null }, orderBy: { name: 'asc' }, select: { name: true } }),
    // Kept administrators first: that is the one thing here that somebody has to set right.
    prisma().identity.findMany({ where: { issuer, lastUsedAt: { not: null } }, orderBy: [{ keptAdminAt: { sort: 'desc', nulls: 'last' } }, { lastUsedAt: 'desc' }], take: 10, include: { person: true } }),
    readSetting('oidc_provision'),
  ]);
  const roles = [...builtIn, ...own.map((role) => role.name)];
  const there = { role: new Set(roles), team: new Set(teams.map((team) => team.name)) };
  const groups = new Map<string, MappedGroupView>();
  for (const { group, kind, name } of rows) {
    const view = groups.get(group) ?? { group, roles: [], teams: [] };
    groups.set(group, view);
    if (kind === 'role') view.roles.push({ name, gone: !there.role.has(name) }); else view.teams.push({ name, gone: !there.team.has(name) });
  }
  return {
    mapping: [...groups.values()], provision, roles, teams: [...there.team],
    lastSignIns: used.map(({ person, lastUsedAt, keptAdminAt }) => ({
      personId: person.id, name: person.name, email: person.email, at: lastUsedAt!.toISOString(), managed: person.managedBy === issuer, keptAdminAt: keptAdminAt?.toISOString() ?? null,
    })).sort((a, b) => (a.at < b.at ? 1 : -1)),
  };
}

/** One's own links to the provider, or anybody's for an administrator. */
export async function listIdentities(ctx: Context, personId?: string): Promise<IdentityView[]> {
  const own = ctx.actor.kind === 'person' ? ctx.actor.id : undefined;
  const whose = personId ?? own;
  if (whose === undefined) throw forbidden('Say whose.');
  if (whose !== own) authorise(ctx, 'person.manage');
  const rows = await prisma().identity.findMany({ where: { personId: whose }, orderBy: { createdAt: 'asc' }, include: { person: { select: { managedBy: true } } } });
  return rows.map((row) => ({ id: row.id, issuer: row.issuer, email: row.email, linkedAt: row.createdAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null, manages: row.person.managedBy === row.issuer }));
}
