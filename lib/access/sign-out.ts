import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';

/** Ends the sign-in that the actor came by. Ending what is over already is fine. */
export async function signOut(ctx: Context, signInId: string): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'person') return;
  await write(ctx, async (tx) => {
    const { count } = await tx.signIn.updateMany({ where: { id: signInId, personId: actor.id, revokedAt: null }, data: { revokedAt: ctx.now(), endedWhy: 'self' } });
    if (count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('person.signed_out', { personId: actor.id, signInId, why: 'self' })] };
  });
}
