import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { unauthenticated } from '@/lib/errors';
import { hashSecret } from '@/lib/signing';
import { checkSignIn } from './check-sign-in';
import { newUrlSecret, urlSecretShape, type PersonActor } from './internal';
import { TICKET_MS } from './rules';

/** A ticket for one socket handshake within 60 seconds, so that the socket never sees the cookie. */
export async function issueLiveTicket(ctx: Context, signInId: string): Promise<{ ticket: string; expiresAt: string }> {
  // Asked again here: the caller's word for a sign-in is not enough to make a key for it.
  await checkSignIn(ctx, signInId, { touch: false });
  const ticket = newUrlSecret();
  const expiresAt = new Date(ctx.now().getTime() + TICKET_MS);
  await prisma().liveTicket.create({ data: { hash: hashSecret(ticket), signInId, expiresAt } });
  return { ticket, expiresAt: expiresAt.toISOString() };
}

/** Uses a ticket up: of two who present it, one gets in. The sign-in behind it must still hold. */
export async function redeemLiveTicket(ctx: Context, ticket: unknown): Promise<{ signInId: string; actor: PersonActor; expiresAt: Date }> {
  const refused = unauthenticated('The ticket for the live connection was used or is over its time. Fetch a new one.');
  if (typeof ticket !== 'string' || !urlSecretShape.test(ticket)) throw refused;
  const [used] = await prisma().$queryRaw<{ signInId: string }[]>`
    UPDATE live_ticket SET used_at = ${ctx.now()} WHERE hash = ${hashSecret(ticket)} AND used_at IS NULL AND expires_at > ${ctx.now()} RETURNING sign_in_id AS "signInId"`;
  if (!used) throw refused;
  return checkSignIn(ctx, used.signInId, { touch: false });
}
