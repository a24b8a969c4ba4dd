import { z } from 'zod';
import type { Context } from '@/lib/context';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { isGroupName } from './oidc/claims';
import { requireReach } from './reach';
import { knownRights } from './set-rights';

const MOST_MAPPED = 500;
const names = z.array(z.string().max(100)).max(50).transform((given) => [...new Set(given)].sort());
export const mapGroupSchema = z.strictObject({
  group: z.string().refine(isGroupName, 'the name of a group as the provider writes it, at most 256 characters'),
  roles: names, teams: names,
});
export type MapGroup = z.input<typeof mapGroupSchema>;

/** Says which roles and teams a group of the provider gives from the next sign-in on; none of either takes the group off the mapping. */
export async function mapGroup(ctx: Context, issuer: string, input: MapGroup): Promise<void> {
  authorise(ctx, 'setting.manage');
  const { group, roles, teams } = parseInput(mapGroupSchema, input);
  await write(ctx, async (tx) => {
    // There may be no row to hold yet.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`countersign/group_mapping/${issuer}`}))::text`;
    const rows = await tx.groupMapping.findMany({ where: { issuer, group } });
    const from = sorted(rows);
    const to = sorted([...roles.map((name) => ({ group, kind: 'role', name })), ...teams.map((name) => ({ group, kind: 'team', name }))]);
    if (JSON.stringify(from) === JSON.stringify(to)) return { view: undefined, unchanged: true };
    const known = await knownRights(tx, { roles, teams });
    // What the group gave already may name a team that is archived; only what is added has to exist.
    const unknown = to.find((row) => !(row.kind === 'role' ? known.roles : known.teams).includes(row.name) && !from.some((one) => one.kind === row.kind && one.name === row.name));
    if (unknown) throw invalid(`There is no ${unknown.kind} "${unknown.name}".`);
    // Whoever may change settings must not give by a group, to themselves or others, what they could not give or take by hand.
    const [roleLines, teamLines] = [changedNames(from, to, 'role'), changedNames(from, to, 'team')];
    if (roleLines.length > 0) {
      authorise(ctx, 'person.manage');
      await requireReach(tx, ctx.actor, roleLines);
    }
    if (teamLines.length > 0) authorise(ctx, 'team.manage');
    if (await tx.groupMapping.count({ where: { issuer } }) - rows.length + to.length > MOST_MAPPED) throw conflict(`More than ${MOST_MAPPED} lines are mapped. Take some away first.`);
    await tx.groupMapping.deleteMany({ where: { issuer, group } });
    await tx.groupMapping.createMany({ data: to.map((row) => ({ id: newId(), issuer, ...row })) });
    return { view: undefined, events: [organisationEvent('group_mapping.changed', { issuer, from, to })] };
  });
}

/** What is on one side alone: what this gives, and what it takes. */
const changedNames = (from: readonly Line[], to: readonly Line[], kind: string): string[] => {
  const [before, after] = [from, to].map((side) => side.filter((row) => row.kind === kind).map((row) => row.name)) as [string[], string[]];
  return [...after.filter((name) => !before.includes(name)), ...before.filter((name) => !after.includes(name))];
};

type Line = { group: string; kind: string; name: string };
const sorted = (rows: readonly Line[]): Line[] => rows.map(({ group, kind, name }) => ({ group, kind, name })).sort((a, b) => a.kind.localeCompare(b.kind) || (a.name < b.name ? -1 : 1));
