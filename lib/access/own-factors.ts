import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { ownId } from './queries';
import { recoveryCodesOf } from './recovery-codes';
import type { RecoveryCodesView, TotpView } from './schema';
import { totpOf } from './totp';

/** What the person who asks signs in with besides passkeys. */
export async function ownFactors(ctx: Context): Promise<{ hasPassword: boolean; totp: TotpView; recovery: RecoveryCodesView }> {
  const personId = ownId(ctx);
  const [person, totp, recovery] = await Promise.all([prisma().person.findUniqueOrThrow({ where: { id: personId }, select: { passwordHash: true } }), totpOf(personId), recoveryCodesOf(personId)]);
  return { hasPassword: person.passwordHash !== null, totp, recovery };
}
