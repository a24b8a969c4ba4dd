import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { rateLimited, unauthenticated } from '@/lib/errors';
import { secretKind, secretMatches, hashSecret } from '@/lib/signing';
import { personActor, type PersonActor } from './internal';
import { TOUCH_MS } from './rules';
import { tokenLimitSchema } from './schema';
import { takeFromBucket } from './token-rate';

const REFUSED = 'This token is not valid: it may be mistyped, revoked or over its time.';

/** Who a bearer token speaks for at this moment. `unauthenticated` or, beyond its rate, `rate_limited`. */
export async function checkToken(ctx: Context, token: string): Promise<PersonActor> {
  // The checksum tells noise apart without asking the database.
  if (secretKind(token) !== 'user') throw unauthenticated(REFUSED);
  const row = await prisma().apiToken.findUnique({ where: { hash: hashSecret(token) }, include: { person: true } });
  const now = ctx.now();
  if (!row || !secretMatches(token, row.hash) || row.revokedAt || (row.expiresAt && row.expiresAt <= now) || row.person?.state !== 'active') throw unauthenticated(REFUSED);
  const wait = takeFromBucket(row.id, now.getTime());
  if (wait > 0) throw rateLimited('This token asks faster than it may. Wait, then go on slower.', wait);
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > TOUCH_MS) await prisma().apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  const actor: PersonActor = { ...personActor(row.person, 'token'), tokenId: row.id };
  // A limit that this version does not know narrows to the least, never to nothing.
  if (row.limit !== null) actor.limit = tokenLimitSchema.catch('read_only').parse(row.limit);
  return actor;
}
