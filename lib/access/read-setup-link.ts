import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { hashSecret } from '@/lib/signing';
import { urlSecretShape } from './internal';
import type { SetupLinkState } from './schema';

/** What a link still opens. Looking does not use it up. Whoever holds the link may know whose it is. */
export async function readSetupLink(ctx: Context, token: string): Promise<SetupLinkState> {
  if (!urlSecretShape.test(token)) return { kind: 'unknown' };
  const link = await prisma().setupLink.findUnique({ where: { hash: hashSecret(token) }, include: { person: true } });
  if (!link || link.person.state !== 'active') return { kind: 'unknown' };
  if (link.usedAt) return { kind: 'used' };
  if (link.expiresAt <= ctx.now()) return { kind: 'expired' };
  return { kind: 'open', email: link.person.email, name: link.person.name, expiresAt: link.expiresAt.toISOString() };
}
