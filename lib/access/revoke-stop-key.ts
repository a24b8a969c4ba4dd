import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { requireReach } from './reach';
import { endStopKeys, tellControl } from './stop-key-rows';
import { stopKeyIdSchema } from './stop-key-schema';

/** Ends a browser's stop key: one's own, anybody's for an administrator. The console refuses it at once, control within a second. */
export async function revokeStopKey(ctx: Context, id: string): Promise<void> {
  const keyId = parseInput(stopKeyIdSchema, id);
  await write(ctx, async (tx) => {
    const row = await tx.stopKey.findUnique({ where: { id: keyId }, select: { id: true, personId: true, person: { select: { roles: true } } } });
    const own = ctx.actor.kind === 'person' && row?.personId === ctx.actor.id;
    authorise(ctx, own ? 'credential.manage' : 'person.manage');
    if (!row) throw notFound('There is no such stop key.');
    if (!own) await requireReach(tx, ctx.actor, row.person.roles);
    const [event, ...rest] = await endStopKeys(tx, ctx, [row], own ? 'self' : 'administrator');
    if (!event) return { view: undefined, unchanged: true };
    await tellControl(tx);
    return { view: undefined, events: [event, ...rest] };
  });
}
