import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { authorise } from './authorise';
import type { StopKeyView } from './stop-key-schema';

/** The live stop keys of a person, the last used first: one's own, or anybody's for an administrator. */
export async function listStopKeys(ctx: Context, personId?: string): Promise<StopKeyView[]> {
  const { actor } = ctx;
  const whose = personId ?? (actor.kind === 'person' ? actor.id : undefined);
  if (whose === undefined) throw forbidden('Say whose.');
  if (actor.kind !== 'person' || whose !== actor.id) authorise(ctx, 'person.manage');
  const rows = await prisma().stopKey.findMany({ where: { personId: whose, revokedAt: null, expiresAt: { gt: ctx.now() } }, orderBy: [{ lastUsedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'desc' }] });
  return rows.map((row) => ({ id: row.id, name: row.name, createdAt: row.createdAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null, expiresAt: row.expiresAt.toISOString() }));
}
