import { z } from 'zod';
import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { unauthenticated } from '@/lib/errors';
import type { PersonActor } from './internal';
import { loadActor } from './load-actor';
import { signInEndsAt, signInState, TOUCH_MS } from './rules';
import { confinementOf } from './second-factor';
import { signInRules } from './sign-in-limits';

const idSchema = z.uuid();

/**
 * Who a sign-in speaks for at this moment, with the roles of this moment; `unauthenticated` once it is revoked, idle or old beyond what an administrator set, or its person deactivated. One round of reads, at most one write a minute.
 * Where a second factor is required and was not shown, the actor is confined. `touch: false` for a look that nobody's hand is behind, so that an open tab is not taken for a person.
 */
export async function checkSignIn(ctx: Context, signInId: string, { touch = true }: { touch?: boolean } = {}): Promise<{ signInId: string; actor: PersonActor; expiresAt: Date }> {
  if (!idSchema.safeParse(signInId).success) throw unauthenticated('Sign in to go on.');
  const [row, { limits, secondFactorFrom }] = await Promise.all([prisma().signIn.findUnique({ where: { id: signInId }, include: { person: true } }), signInRules()]);
  const now = ctx.now();
  if (!row || row.person.state !== 'active') throw unauthenticated('Sign in to go on.');
  const state = signInState(row, now, limits);
  if (state !== 'live') throw unauthenticated(state === 'revoked' ? 'This sign-in was ended. Sign in again to go on.' : 'This sign-in is over after a long time. Sign in again to go on.');
  if (touch && now.getTime() - row.lastSeenAt.getTime() > TOUCH_MS) {
    await prisma().signIn.updateMany({ where: { id: row.id, revokedAt: null, lastSeenAt: { lt: now } }, data: { lastSeenAt: now } });
  }
  const actor = await loadActor(row.personId, 'console', now);
  // Read after the sign-in: whoever was deactivated in between is nobody already.
  if (!actor) throw unauthenticated('Sign in to go on.');
  const confined = await confinementOf(secondFactorFrom, actor, row.method);
  return { signInId: row.id, actor: { ...actor, signInId: row.id, ...(confined && { confined }) }, expiresAt: signInEndsAt(row, limits) };
}
