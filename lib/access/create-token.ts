import type { Context } from '@/lib/context';
import { conflict, forbidden, invalid, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import { authorise } from './authorise';
import { createTokenSchema, type CreateToken } from './schema';

/** Makes a bearer token for oneself, or on the host for the named person; it is in this answer and nowhere else afterwards. */
export async function createToken(ctx: Context, input: CreateToken): Promise<{ id: string; token: string; expiresAt: string | null }> {
  authorise(ctx, 'token.create');
  const { name, limit, expiresInDays, email } = parseInput(createTokenSchema, input);
  const { actor } = ctx;
  // A stolen token must not be able to outlive its revocation by making another.
  if (actor.kind === 'person' && actor.via === 'token') throw forbidden('A token cannot make tokens. Make it in the console.');
  if (actor.kind === 'person' && email && email !== actor.email) throw forbidden('A token speaks for its person, so only that person can make it.');
  if (actor.kind !== 'person' && !email) throw invalid('Say for whom: the e-mail address of a person.');
  const secret = generateSecret('user');
  const expiresAt = expiresInDays === undefined ? null : new Date(ctx.now().getTime() + expiresInDays * 86_400_000);
  return write(ctx, async (tx) => {
    const where = actor.kind === 'person' ? { id: actor.id } : { email: email! };
    const person = await tx.person.findUnique({ where });
    if (!person) throw notFound('There is no such person.');
    if (person.state !== 'active') throw conflict('This person is deactivated.');
    const id = newId();
    await tx.apiToken.create({ data: { id, personId: person.id, name, hash: secret.hash, hint: secret.hint, limit: limit ?? null, createdAt: ctx.now(), expiresAt } });
    const until = expiresAt?.toISOString() ?? null;
    return {
      view: { id, token: secret.secret, expiresAt: until },
      events: [organisationEvent('token.created', { tokenId: id, personId: person.id, name, limit: limit ?? null, expiresAt: until })],
    };
  });
}
