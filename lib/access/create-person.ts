import type { Context } from '@/lib/context';
import { isUniqueViolation } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { personView, replaceSetupLink } from './internal';
import { INVITATION_MS } from './rules';
import { createPersonSchema, type CreatePerson, type MadeSetupLink, type PersonView } from './schema';

/** Adds a person and makes the link, good for a day and one use, by which they set a password. */
export async function createPerson(ctx: Context, input: CreatePerson): Promise<{ person: PersonView; link: MadeSetupLink }> {
  authorise(ctx, 'person.manage');
  const { email, name, roles } = parseInput(createPersonSchema, input);
  try {
    return await write(ctx, async (tx) => {
      const row = await tx.person.create({ data: { id: newId(), email, name, roles, createdAt: ctx.now() } });
      const { link, event } = await replaceSetupLink(tx, ctx, row.id, INVITATION_MS);
      return { view: { person: personView(row), link }, events: [organisationEvent('person.created', { personId: row.id, email, roles }), event] };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is a person with the address ${email} already. Make a new link for them, or activate them again.`);
    throw error;
  }
}
