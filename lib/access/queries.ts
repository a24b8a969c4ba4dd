import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { authorise } from './authorise';
import { personView } from './internal';
import { tokenLimitSchema, type PersonView, type SignInView, type TokenView } from './schema';

/** Everybody, active first, by name. */
export async function listPeople(ctx: Context): Promise<PersonView[]> {
  authorise(ctx, 'person.read');
  const rows = await prisma().person.findMany({ orderBy: [{ state: 'asc' }, { name: 'asc' }, { id: 'asc' }], include: { signIns: { orderBy: { lastSeenAt: 'desc' }, take: 1, select: { lastSeenAt: true } } } });
  return rows.map((row) => personView(row, row.signIns[0]?.lastSeenAt ?? null));
}

/** The live sign-ins of a person: one's own, or anybody's for an administrator. */
export async function listSignIns(ctx: Context, personId = ownId(ctx)): Promise<SignInView[]> {
  if (personId !== ownId(ctx)) authorise(ctx, 'person.manage');
  const rows = await prisma().signIn.findMany({ where: { personId, revokedAt: null, expiresAt: { gt: ctx.now() } }, orderBy: { lastSeenAt: 'desc' } });
  return rows.map((row) => ({ id: row.id, createdAt: row.createdAt.toISOString(), lastSeenAt: row.lastSeenAt.toISOString(), expiresAt: row.expiresAt.toISOString(), ip: row.ip, userAgent: row.userAgent }));
}

/** The tokens of a person that are not revoked: one's own, or anybody's for an administrator. Never the token itself. */
export async function listTokens(ctx: Context, personId = ownId(ctx)): Promise<TokenView[]> {
  if (personId !== ownId(ctx)) authorise(ctx, 'person.manage');
  const rows = await prisma().apiToken.findMany({ where: { personId, revokedAt: null }, orderBy: { createdAt: 'desc' } });
  return rows.map((row) => ({
    id: row.id, name: row.name, hint: row.hint, limit: row.limit === null ? null : tokenLimitSchema.catch('read_only').parse(row.limit),
    createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt?.toISOString() ?? null, lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}

function ownId(ctx: Context): string {
  if (ctx.actor.kind !== 'person') throw forbidden('Say whose.');
  return ctx.actor.id;
}
