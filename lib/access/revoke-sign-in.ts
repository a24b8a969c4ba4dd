import type { Context } from '@/lib/context';
import { forbidden, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { endSignIns } from './internal';
import { requireReach } from './reach';
import { personIdSchema } from './schema';

/** Ends a browser's power at its next request: one's own anywhere, anybody's for an administrator. */
export async function revokeSignIn(ctx: Context, id: string): Promise<void> {
  const signInId = parseInput(personIdSchema, id);
  await write(ctx, async (tx) => {
    const row = await tx.signIn.findUnique({ where: { id: signInId }, include: { person: { select: { roles: true } } } });
    const own = ctx.actor.kind === 'person' && ctx.actor.via === 'console' && row?.personId === ctx.actor.id;
    if (!own) authorise(ctx, 'person.manage');
    if (!row) throw notFound('There is no such sign-in.');
    if (!own) await requireReach(tx, ctx.actor, row.person.roles);
    const { count } = await tx.signIn.updateMany({ where: { id: signInId, revokedAt: null }, data: { revokedAt: ctx.now(), endedWhy: 'revoked' } });
    if (count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('person.signed_out', { personId: row.personId, signInId, why: 'revoked' })] };
  });
}

/** Ends all of one's own sign-ins but the one that asks. Answers how many. */
export async function revokeOtherSignIns(ctx: Context): Promise<number> {
  authorise(ctx, 'credential.manage');
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console' || !actor.signInId) throw forbidden('This is done in the console, by the person whose sign-ins they are.');
  return write<number>(ctx, async (tx) => {
    const [first, ...more] = await endSignIns(tx, ctx, actor.id, 'revoked', { except: actor.signInId });
    return first ? { view: 1 + more.length, events: [first, ...more] } : { view: 0, unchanged: true };
  });
}
