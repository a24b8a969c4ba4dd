import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';

const DAY = 86_400_000;

/** Drops what can open nothing any more: tickets, challenges, second steps and what tokens left for their person a day after their time, used numbers of signed stops after theirs, counted attempts after a day of quiet. Nothing of it is on the record. */
export async function sweepAccess(ctx: Context): Promise<void> {
  const yesterday = new Date(ctx.now().getTime() - DAY);
  await prisma().liveTicket.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  await prisma().passkeyChallenge.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  await prisma().stopKeyNonce.deleteMany({ where: { expiresAt: { lt: ctx.now() } } });
  await prisma().secondStep.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  await prisma().pendingRequest.deleteMany({ where: { expiresAt: { lt: yesterday } } });
  await prisma().signInAttempt.deleteMany({ where: { updatedAt: { lt: yesterday } } });
}
