import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { eventsAbout } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { emailHash } from './internal';
import { isOneself, ownId } from './queries';
import { signInEndsAt, signInState, type SignInLimits } from './rules';
import { knownMethod, personIdSchema, type HistoryEntry, type SignInEnd, type SignInRefusal } from './schema';
import { signInLimits } from './sign-in-limits';

const DAYS = 90;
const MOST = 200;

/** Sign-ins and refused attempts of the last ninety days: one's own, or anybody's for an administrator. `more` when there were too many to show. */
export async function signInHistory(ctx: Context, id = ownId(ctx)): Promise<{ person: { id: string; name: string; email: string }; entries: HistoryEntry[]; more: boolean; days: number }> {
  const personId = parseInput(personIdSchema, id);
  if (!isOneself(ctx, personId)) authorise(ctx, 'person.manage');
  const person = await prisma().person.findUnique({ where: { id: personId }, select: { id: true, name: true, email: true } });
  if (!person) throw notFound('There is no such person.');
  const since = new Date(ctx.now().getTime() - DAYS * 86_400_000);
  const [signIns, refused, limits] = await Promise.all([
    prisma().signIn.findMany({ where: { personId, createdAt: { gte: since } }, orderBy: { createdAt: 'desc' }, take: MOST + 1, include: { device: { select: { firstSeenAt: true } } } }),
    // Refusals are on the record under a hash of what was typed, and nowhere else.
    eventsAbout({ stream: 'org/access', type: 'person.sign_in_refused', field: 'emailHash', value: emailHash(person.email), since, limit: MOST + 1 }),
    signInLimits(),
  ]);
  const entries: HistoryEntry[] = [
    ...signIns.map((row): HistoryEntry => ({
      kind: 'signed_in', id: row.id, at: row.createdAt.toISOString(), method: knownMethod(row.method), ip: row.ip, userAgent: row.userAgent,
      device: !row.device ? 'none' : row.device.firstSeenAt.getTime() === row.createdAt.getTime() ? 'first_time' : 'again', end: endOf(row, ctx.now(), limits),
    })),
    ...refused.map((event): HistoryEntry => {
      const { ip, why } = event.data as { ip: string | null; why: SignInRefusal };
      return { kind: 'refused', id: event.id, at: event.recordedAt, ip, why };
    }),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return { person, entries: entries.slice(0, MOST), more: entries.length > MOST, days: DAYS };
}

function endOf(row: { createdAt: Date; lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null; endedWhy: string | null }, now: Date, limits: SignInLimits): SignInEnd {
  switch (signInState(row, now, limits)) {
    case 'live': return { kind: 'live' };
    case 'revoked': return { kind: 'ended', at: row.revokedAt!.toISOString(), why: row.endedWhy };
    case 'idle': return { kind: 'idle', at: new Date(row.lastSeenAt.getTime() + limits.idleMs).toISOString() };
    case 'expired': return { kind: 'expired', at: signInEndsAt(row, limits).toISOString() };
  }
}
