import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { personIdSchema } from './schema';

/** Ends a browser's power at its next request: one's own anywhere, anybody's for an administrator. */
export async function revokeSignIn(ctx: Context, id: string): Promise<void> {
  const signInId = parseInput(personIdSchema, id);
  await write(ctx, async (tx) => {
    const row = await tx.signIn.findUnique({ where: { id: signInId } });
    const own = ctx.actor.kind === 'person' && ctx.actor.via === 'console' && row?.personId === ctx.actor.id;
    if (!own) authorise(ctx, 'person.manage');
    if (!row) throw notFound('There is no such sign-in.');
    const { count } = await tx.signIn.updateMany({ where: { id: signInId, revokedAt: null }, data: { revokedAt: ctx.now() } });
    if (count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('person.signed_out', { personId: row.personId, signInId, why: 'revoked' })] };
  });
}
