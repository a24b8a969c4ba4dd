import type { Context } from '@/lib/context';
import { conflict } from '@/lib/errors';
import { write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { endSetupLinks, lockPerson, replaceSetupLink } from './internal';
import { requireReach } from './reach';
import { INVITATION_MS } from './rules';
import { personIdSchema, type MadeSetupLink } from './schema';
import { changed } from './set-rights';

/** Makes a new link to set a password, good for a day and one use; the ones before it end. */
export async function makeSetupLink(ctx: Context, id: string): Promise<MadeSetupLink> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    if (person.state !== 'active') throw conflict('This person is deactivated. Activate them first.');
    const { link, event } = await replaceSetupLink(tx, ctx, personId, INVITATION_MS);
    return { view: link, events: [event] };
  });
}

/** Ends the link that is still open, for one that went to the wrong place. */
export async function withdrawSetupLink(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    await requireReach(tx, ctx.actor, person.roles);
    return changed(undefined, await endSetupLinks(tx, ctx, personId, 'withdrawn'));
  });
}
