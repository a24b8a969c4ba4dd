import type { Context } from '@/lib/context';
import { prisma, sqlOfTx, type Tx } from '@/lib/db';
import { forbidden, invalid, rateLimited } from '@/lib/errors';
import { accountKey, giveBackTurn, takeTurn } from './attempts';
import { lockPerson } from './internal';
import { NOBODYS_HASH, type PasswordHasher } from './passwords';

/** What was typed, where in the input it stood, and what is said when it is another one. */
export type TypedPassword = { password: string; path: string; wrong?: string };

/**
 * Takes the password of a signed-in person as proof that they are there now. It counts as a try, so that a browser that was left open
 * is no place to guess in; `settle` ends the proof in the transaction of what it was for, and gives the try back. Throws `rate_limited`, and
 * `invalid` for another password and for a person who has none, after the same work.
 */
export async function proveByPassword(ctx: Context, person: { id: string; email: string }, typed: TypedPassword, hasher: PasswordHasher): Promise<{ settle: (tx: Tx) => Promise<void> }> {
  const keys = [accountKey(person.email)];
  if ((await takeTurn(keys, ctx.now())).kind === 'locked') throw rateLimited('Too many tries in a row. Wait some minutes and try again.', 60_000);
  const before = await prisma().person.findUnique({ where: { id: person.id }, select: { passwordHash: true } });
  const { path, wrong = 'That is not your password.' } = typed;
  if (!(await hasher.verify(before?.passwordHash ?? NOBODYS_HASH, typed.password)) || !before?.passwordHash) throw invalid(wrong, [{ path, message: wrong }]);
  return {
    settle: async (tx) => {
      const now = await lockPerson(tx, person.id);
      if (now.state !== 'active' || now.passwordHash !== before.passwordHash) throw forbidden('Your account was changed meanwhile. Sign in again.');
      await giveBackTurn(sqlOfTx(tx), keys);
    },
  };
}
