import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { authorise } from './authorise';
import { readPeople } from './read-people';
import { signInEndsAt, signInState } from './rules';
import { knownMethod, type OwnedTokenView, type PersonInFull, type SignInView, type TokenView } from './schema';
import { signInLimits } from './sign-in-limits';
import { tokenView } from './token-view';

/** Everybody, active first, by name. */
export async function listPeople(ctx: Context): Promise<PersonInFull[]> {
  authorise(ctx, 'person.read');
  return readPeople(ctx.now());
}

/** The live sign-ins of a person: one's own, or anybody's for an administrator. */
export async function listSignIns(ctx: Context, personId = ownId(ctx)): Promise<SignInView[]> {
  if (!isOneself(ctx, personId)) authorise(ctx, 'person.manage');
  const [rows, limits] = await Promise.all([
    prisma().signIn.findMany({ where: { personId, revokedAt: null, expiresAt: { gt: ctx.now() } }, orderBy: { lastSeenAt: 'desc' }, include: { device: { select: { knownAt: true } } } }),
    signInLimits(),
  ]);
  return rows.filter((row) => signInState(row, ctx.now(), limits) === 'live').map((row) => ({
    id: row.id, createdAt: row.createdAt.toISOString(), lastSeenAt: row.lastSeenAt.toISOString(), expiresAt: signInEndsAt(row, limits).toISOString(), ip: row.ip, userAgent: row.userAgent,
    method: knownMethod(row.method), newDevice: row.device !== null && row.device.knownAt === null,
  }));
}

/** The tokens of a person that are not revoked: one's own, or anybody's for an administrator. Never the token itself. */
export async function listTokens(ctx: Context, personId = ownId(ctx)): Promise<TokenView[]> {
  if (!isOneself(ctx, personId)) authorise(ctx, 'person.manage');
  const rows = await prisma().apiToken.findMany({ where: { personId, revokedAt: null }, orderBy: { createdAt: 'desc' } });
  return rows.map(tokenView);
}

/** Every token that opens something, people's and programs', the last used first; for whoever manages people. */
export async function listAllTokens(ctx: Context): Promise<OwnedTokenView[]> {
  authorise(ctx, 'person.manage');
  const rows = await prisma().apiToken.findMany({ where: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.now() } }] }, orderBy: [{ lastUsedAt: { sort: 'desc', nulls: 'last' } }, { createdAt: 'desc' }], include: { person: true, serviceAccount: true } });
  return rows.flatMap((row) => {
    const owner = row.person ? { kind: 'person' as const, id: row.person.id, name: row.person.name } : row.serviceAccount && { kind: 'service_account' as const, id: row.serviceAccount.id, name: row.serviceAccount.name };
    return owner ? [{ ...tokenView(row), owner }] : [];
  });
}

export const isOneself = ({ actor }: Pick<Context, 'actor'>, personId: string): boolean => actor.kind === 'person' && actor.id === personId;

export function ownId(ctx: Context): string {
  if (ctx.actor.kind !== 'person') throw forbidden('Say whose.');
  return ctx.actor.id;
}
