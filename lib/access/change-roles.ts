import type { Context } from '@/lib/context';
import { write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { requireByHand } from './internal';
import { readPerson } from './read-people';
import { requireReach } from './reach';
import { changeRolesSchema, changeTeamsSchema, type ChangeRoles, type ChangeTeams, type PersonInFull } from './schema';
import { changed, setRights } from './set-rights';

/** Gives a person other roles, felt at their next request. `conflict` when no administrator would be left, or when groups give them. */
export async function changeRoles(ctx: Context, input: ChangeRoles): Promise<PersonInFull> {
  authorise(ctx, 'person.manage');
  const { personId, roles } = parseInput(changeRolesSchema, input);
  return write(ctx, async (tx) => {
    // First, because it holds administrators' rows in their order; whatever is refused below undoes it.
    const events = await setRights(tx, ctx, personId, { roles }, ctx.now());
    await requireByHand(tx, personId);
    for (const event of events) if (event.type === 'person.roles_changed') await requireReach(tx, ctx.actor, [...event.data.from, ...event.data.to]);
    return changed(await readPerson(tx, personId, ctx.now()), events);
  });
}

/** Puts a person into these teams and no others. */
export async function changeTeams(ctx: Context, input: ChangeTeams): Promise<PersonInFull> {
  authorise(ctx, 'team.manage');
  const { personId, teams } = parseInput(changeTeamsSchema, input);
  return write(ctx, async (tx) => {
    const events = await setRights(tx, ctx, personId, { teams }, ctx.now());
    await requireByHand(tx, personId);
    return changed(await readPerson(tx, personId, ctx.now()), events);
  });
}
