import type { Actor, Context, TokenHold } from '@/lib/context';
import { prisma } from '@/lib/db';
import { env } from '@/lib/env';
import { forbidden, rateLimited, unauthenticated } from '@/lib/errors';
import { hashSecret, secretKind, secretMatches } from '@/lib/signing';
import { knownRoles } from './internal';
import { loadActor } from './load-actor';
import { TOUCH_MS } from './rules';
import { tokenLimitSchema } from './schema';
import { takeFromBucket } from './token-rate';

const REFUSED = 'This token is not valid: it may be mistyped, revoked or over its time.';
export type TokenActor = Extract<Actor, { kind: 'person' | 'service_account' }>;

/** Who a bearer token speaks for at this moment: a person or a service account, held to what it was made for. `unauthenticated`; `forbidden` in an environment that it was not made for; beyond its rate `rate_limited`. */
export async function checkToken(ctx: Context, token: string, environment = env().environment): Promise<TokenActor> {
  // The checksum tells noise apart without asking the database.
  if (secretKind(token) !== 'user') throw unauthenticated(REFUSED);
  const row = await prisma().apiToken.findUnique({ where: { hash: hashSecret(token) }, include: { serviceAccount: true } });
  const now = ctx.now();
  if (!row || !secretMatches(token, row.hash) || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) throw unauthenticated(REFUSED);
  const wait = takeFromBucket(row.id, now.getTime());
  if (wait > 0) throw rateLimited('This token asks faster than it may. Wait, then go on slower.', wait);
  const hold = holdOf(row);
  const actor = row.personId ? await personOf(row.personId, row.id, hold, now) : serviceAccountOf(row.serviceAccount, row.id, hold);
  if (!actor) throw unauthenticated(REFUSED);
  if (hold.environments && !hold.environments.includes(environment)) {
    throw forbidden(`This token is held to ${hold.environments.join(', ')}, and this is ${environment}. Use a token that was made for ${environment}.`);
  }
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > TOUCH_MS) await prisma().apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  return actor;
}

/** A limit that this version does not know narrows to the least, never to nothing. */
function holdOf(row: { limit: string | null; verbs: string[]; environments: string[] }): TokenHold {
  return {
    ...(row.limit !== null && { limit: tokenLimitSchema.catch('read_only').parse(row.limit) }),
    ...(row.verbs.length > 0 && { verbs: row.verbs }),
    ...(row.environments.length > 0 && { environments: row.environments }),
  };
}

async function personOf(personId: string, tokenId: string, hold: TokenHold, now: Date): Promise<TokenActor | undefined> {
  const actor = await loadActor(personId, 'token', now);
  return actor && { ...actor, tokenId, ...hold };
}

function serviceAccountOf(row: { id: string; name: string; roles: string[]; state: string } | null, tokenId: string, hold: TokenHold): TokenActor | undefined {
  if (row?.state !== 'active') return undefined;
  return { kind: 'service_account', id: row.id, name: row.name, roles: knownRoles(row.roles), tokenId, ...hold };
}
