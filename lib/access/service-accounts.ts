import type { Context } from '@/lib/context';
import { isUniqueViolation, prisma, type Tx } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { knownRoles } from './internal';
import { requireReach } from './reach';
import { changeServiceAccountSchema, createServiceAccountSchema, personIdSchema, type ChangeServiceAccount, type CreateServiceAccount, type ServiceAccountView } from './schema';
import { tokenView } from './token-view';

/** Makes a program's account. It acts by tokens, within its roles, and never counts as a person. */
export async function createServiceAccount(ctx: Context, input: CreateServiceAccount): Promise<{ id: string; name: string }> {
  authorise(ctx, 'service_account.manage');
  const { name, description, roles } = parseInput(createServiceAccountSchema, input);
  try {
    return await write(ctx, async (tx) => {
      await requireReach(tx, ctx.actor, roles);
      const id = newId();
      await tx.serviceAccount.create({ data: { id, name, description, roles, ownerId: ctx.actor.kind === 'person' ? ctx.actor.id : null, createdAt: ctx.now() } });
      return { view: { id, name }, events: [organisationEvent('service_account.created', { serviceAccountId: id, name, roles })] };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is or was a service account called ${name}. Choose another name.`);
    throw error;
  }
}

/** Gives a service account other roles, felt at its next request. */
export async function changeServiceAccount(ctx: Context, input: ChangeServiceAccount): Promise<void> {
  authorise(ctx, 'service_account.manage');
  const { serviceAccountId, description, roles } = parseInput(changeServiceAccountSchema, input);
  return write(ctx, async (tx) => {
    const account = await lockServiceAccount(tx, serviceAccountId);
    if (account.state !== 'active') throw conflict('This service account is deactivated. Make another one.');
    const from = knownRoles(account.roles);
    await requireReach(tx, ctx.actor, [...from, ...roles]);
    if (from.join() === roles.join() && account.description === description) return { view: undefined, unchanged: true };
    await tx.serviceAccount.update({ where: { id: serviceAccountId }, data: { roles, description } });
    return { view: undefined, events: [organisationEvent('service_account.changed', { serviceAccountId, name: account.name, from, to: roles })] };
  });
}

/** Ends a service account and every token of it, at once and for good. */
export async function deactivateServiceAccount(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'service_account.manage');
  const serviceAccountId = parseInput(personIdSchema, id);
  return write(ctx, async (tx) => {
    const account = await lockServiceAccount(tx, serviceAccountId);
    await requireReach(tx, ctx.actor, account.roles);
    if (account.state !== 'active') return { view: undefined, unchanged: true };
    await tx.serviceAccount.update({ where: { id: serviceAccountId }, data: { state: 'deactivated' } });
    const tokens = await tx.$queryRaw<{ id: string }[]>`UPDATE api_token SET revoked_at = ${ctx.now()} WHERE service_account_id = ${serviceAccountId}::uuid AND revoked_at IS NULL RETURNING id`;
    return {
      view: undefined,
      events: [organisationEvent('service_account.deactivated', { serviceAccountId, name: account.name }), ...tokens.map((token) => organisationEvent('token.revoked', { tokenId: token.id, personId: null, serviceAccountId }))],
    };
  });
}

/** Service accounts, active first, by name, each with its tokens that open something. */
export async function listServiceAccounts(ctx: Context): Promise<ServiceAccountView[]> {
  authorise(ctx, 'service_account.manage');
  const rows = await prisma().serviceAccount.findMany({ orderBy: [{ state: 'asc' }, { name: 'asc' }], include: { tokens: { where: { revokedAt: null }, orderBy: { createdAt: 'desc' } } } });
  const owners = await prisma().person.findMany({ where: { id: { in: rows.flatMap((row) => row.ownerId ?? []) } }, select: { id: true, name: true } });
  return rows.map((row) => ({
    id: row.id, name: row.name, description: row.description, roles: knownRoles(row.roles), state: row.state === 'active' ? 'active' : 'deactivated', createdAt: row.createdAt.toISOString(),
    owner: owners.find((person) => person.id === row.ownerId)?.name ?? null, tokens: row.tokens.map(tokenView),
  }));
}

/** The account's row, held until the transaction ends. */
export async function lockServiceAccount(tx: Tx, id: string): Promise<{ name: string; description: string; roles: string[]; state: string }> {
  const [row] = await tx.$queryRaw<{ name: string; description: string; roles: string[]; state: string }[]>`SELECT name, description, roles, state FROM service_account WHERE id = ${id}::uuid FOR UPDATE`;
  if (!row) throw notFound('There is no such service account.');
  return row;
}
