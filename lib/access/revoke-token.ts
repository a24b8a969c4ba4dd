import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { requireReach } from './reach';
import { personIdSchema } from './schema';

/** Ends a token at once: one's own (also by the token itself, when it was found in the wrong hands), anybody's for an administrator. */
export async function revokeToken(ctx: Context, id: string): Promise<void> {
  const tokenId = parseInput(personIdSchema, id);
  await write(ctx, async (tx) => {
    const row = await tx.apiToken.findUnique({ where: { id: tokenId }, include: { person: { select: { roles: true } }, serviceAccount: { select: { roles: true } } } });
    const own = row !== null && isOwn(ctx, row);
    if (!own) authorise(ctx, row?.serviceAccountId ? 'service_account.manage' : 'person.manage');
    if (!row) throw notFound('There is no such token.');
    if (!own) await requireReach(tx, ctx.actor, row.person?.roles ?? row.serviceAccount?.roles ?? []);
    const { count } = await tx.apiToken.updateMany({ where: { id: tokenId, revokedAt: null }, data: { revokedAt: ctx.now() } });
    if (count === 0) return { view: undefined, unchanged: true };
    return { view: undefined, events: [organisationEvent('token.revoked', { tokenId, personId: row.personId, ...(row.serviceAccountId && { serviceAccountId: row.serviceAccountId }) })] };
  });
}

function isOwn({ actor }: Context, row: { id: string; personId: string | null; serviceAccountId: string | null }): boolean {
  if (actor.kind === 'person') return row.personId === actor.id && (actor.via === 'console' || actor.tokenId === row.id);
  return actor.kind === 'service_account' && actor.tokenId === row.id;
}
