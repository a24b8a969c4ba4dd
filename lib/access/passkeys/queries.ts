import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { authorise } from '../authorise';
import { ownerOf } from './prove-again';
import type { PasskeyView } from './schema';

type Row = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null; backedUp: boolean };

export const passkeyView = ({ id, name, createdAt, lastUsedAt, backedUp }: Row): PasskeyView => ({ id, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null, backedUp });

/** One's own passkeys that count, oldest first. */
export async function listPasskeys(ctx: Context): Promise<PasskeyView[]> {
  authorise(ctx, 'credential.manage');
  const rows = await prisma().passkey.findMany({ where: { personId: ownerOf(ctx).id, revokedAt: null }, orderBy: { createdAt: 'asc' } });
  return rows.map(passkeyView);
}
