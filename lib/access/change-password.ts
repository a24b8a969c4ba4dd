import type { Context } from '@/lib/context';
import { prisma, sqlOfTx } from '@/lib/db';
import { forbidden, invalid, rateLimited } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { accountKey, giveBackTurn, takeTurn } from './attempts';
import { confinedSentence } from './authorise';
import { endSignIns, lockPerson } from './internal';
import { passwordIssues } from './password-issues';
import { argon2id, NOBODYS_HASH, type PasswordHasher } from './passwords';

/** Changes one's own password with the old one at hand; all other sign-ins end, the one that asked stays. */
export async function changePassword(ctx: Context, input: { current: string; password: string; signInId: string }, hasher: PasswordHasher = argon2id): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('A password is changed in the console, by the person whose it is.');
  if (actor.confined === 'factor_unused') throw forbidden(confinedSentence(actor.confined));
  const keys = [accountKey(actor.email)];
  // A browser that was left open must not be a place to guess in.
  if ((await takeTurn(keys, ctx.now())).kind === 'locked') throw rateLimited('Too many tries in a row. Wait some minutes and try again.', 60_000);
  const before = await prisma().person.findUnique({ where: { id: actor.id }, select: { passwordHash: true } });
  if (!(await hasher.verify(before?.passwordHash ?? NOBODYS_HASH, input.current)) || !before?.passwordHash) {
    throw invalid('The present password is another one.', [{ path: '/current', message: 'The present password is another one.' }]);
  }
  const issues = passwordIssues(input.password, actor.email);
  if (issues[0]) throw invalid(issues[0].message, issues);
  const passwordHash = await hasher.hash(input.password);
  await write(ctx, async (tx) => {
    const person = await lockPerson(tx, actor.id);
    if (person.state !== 'active' || person.passwordHash !== before.passwordHash) throw forbidden('Your account was changed meanwhile. Sign in again.');
    await tx.person.update({ where: { id: person.id }, data: { passwordHash } });
    await giveBackTurn(sqlOfTx(tx), keys);
    return {
      view: undefined,
      events: [organisationEvent('person.password_set', { personId: person.id, by: 'self' }), ...(await endSignIns(tx, ctx, person.id, 'password_set', { except: input.signInId }))],
    };
  });
}
