import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { conflict, forbidden, invalid, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import { authorise } from './authorise';
import { requireReach } from './reach';
import { createTokenSchema, type CreateToken } from './schema';
import { lockServiceAccount } from './service-accounts';

type Owner = { personId: string } | { serviceAccountId: string };

/** Makes a bearer token for oneself, for a service account, or on the host for the named person; it is in this answer and nowhere else afterwards. */
export async function createToken(ctx: Context, input: CreateToken): Promise<{ id: string; token: string; expiresAt: string | null }> {
  authorise(ctx, 'token.create');
  const { name, limit, verbs, environments, expiresInDays, email, serviceAccountId } = parseInput(createTokenSchema, input);
  const { actor } = ctx;
  // A stolen token must not be able to outlive its revocation by making another.
  if (actor.kind === 'person' && actor.via === 'token') throw forbidden('A token cannot make tokens. Make it in the console.');
  if (serviceAccountId !== undefined) authorise(ctx, 'service_account.manage');
  const secret = generateSecret('user');
  const expiresAt = expiresInDays === undefined ? null : new Date(ctx.now().getTime() + expiresInDays * 86_400_000);
  return write(ctx, async (tx) => {
    const owner = serviceAccountId === undefined ? await personOf(tx, ctx, email) : await accountOf(tx, ctx, serviceAccountId);
    const id = newId();
    await tx.apiToken.create({ data: { id, ...owner, name, hash: secret.hash, hint: secret.hint, limit: limit ?? null, verbs: verbs ?? [], environments: environments ?? [], createdAt: ctx.now(), expiresAt } });
    const until = expiresAt?.toISOString() ?? null;
    return {
      view: { id, token: secret.secret, expiresAt: until },
      events: [organisationEvent('token.created', { tokenId: id, personId: null, ...owner, name, limit: limit ?? null, ...(verbs && { verbs }), ...(environments && { environments }), expiresAt: until })],
    };
  });
}

async function personOf(tx: Tx, { actor }: Context, email: string | undefined): Promise<Owner> {
  if (actor.kind === 'person' && email && email !== actor.email) throw forbidden('A token speaks for its person, so only that person can make it.');
  if (actor.kind !== 'person' && !email) throw invalid('Say for whom: the e-mail address of a person.');
  const [person] = actor.kind === 'person'
    ? await tx.$queryRaw<{ id: string; state: string }[]>`SELECT id, state FROM person WHERE id = ${actor.id}::uuid FOR UPDATE`
    : await tx.$queryRaw<{ id: string; state: string }[]>`SELECT id, state FROM person WHERE email = ${email} FOR UPDATE`;
  if (!person) throw notFound('There is no such person.');
  if (person.state !== 'active') throw conflict('This person is deactivated.');
  return { personId: person.id };
}

async function accountOf(tx: Tx, { actor }: Context, serviceAccountId: string): Promise<Owner> {
  const account = await lockServiceAccount(tx, serviceAccountId);
  // Whoever holds the token may do what the account may.
  await requireReach(tx, actor, account.roles);
  if (account.state !== 'active') throw conflict('This service account is deactivated. Make another one.');
  return { serviceAccountId };
}
