import type { Context } from '@/lib/context';
import { isUniqueViolation } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { replaceSetupLink } from './internal';
import { readPerson } from './read-people';
import { requireReach } from './reach';
import { INVITATION_MS } from './rules';
import { createPersonSchema, type CreatePerson, type MadeSetupLink, type PersonInFull } from './schema';
import { keepGrants, requireKnown, setRights } from './set-rights';

/** Adds a person and makes the link, good for a day and one use, by which they set a password. */
export async function createPerson(ctx: Context, input: CreatePerson): Promise<{ person: PersonInFull; link: MadeSetupLink }> {
  authorise(ctx, 'person.manage');
  const { email, name, roles, teams } = parseInput(createPersonSchema, input);
  if (teams.length > 0) authorise(ctx, 'team.manage');
  try {
    return await write(ctx, async (tx) => {
      await requireKnown(tx, { roles, teams });
      await requireReach(tx, ctx.actor, roles);
      const row = await tx.person.create({ data: { id: newId(), email, name, roles, createdAt: ctx.now() } });
      await keepGrants(tx, ctx, { ...row, roles: [] }, { roles, teams: [] }, ctx.now());
      const joined = teams.length > 0 ? await setRights(tx, ctx, row.id, { teams }, ctx.now()) : [];
      const { link, event } = await replaceSetupLink(tx, ctx, row.id, INVITATION_MS);
      const events: [NewEvent, ...NewEvent[]] = [organisationEvent('person.created', { personId: row.id, email, roles }), ...joined, event];
      return { view: { person: await readPerson(tx, row.id, ctx.now()), link }, events };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is a person with the address ${email} already. Make a new link for them, or activate them again.`);
    throw error;
  }
}
