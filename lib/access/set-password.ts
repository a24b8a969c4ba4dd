import type { Context } from '@/lib/context';
import { prisma, sqlOfTx } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { hashSecret } from '@/lib/signing';
import { accountKey, giveBackTurn } from './attempts';
import { endSignIns, lockPerson, personActor, urlSecretShape } from './internal';
import { passwordIssues } from './password-issues';
import { argon2id, type PasswordHasher } from './passwords';

const SPENT = 'This link was used already or its time is over. Ask an administrator for a new one.';

/** Sets the password of the link's person and uses the link up; every other sign-in and link of theirs ends. `conflict` when the link is spent, `invalid` with issues when the password is too weak. */
export async function setPassword(ctx: Context, input: { token: string; password: string }, hasher: PasswordHasher = argon2id): Promise<{ email: string }> {
  if (!urlSecretShape.test(input.token)) throw conflict(SPENT);
  const link = await prisma().setupLink.findUnique({ where: { hash: hashSecret(input.token) }, include: { person: true } });
  if (!link || link.usedAt || link.expiresAt <= ctx.now() || link.person.state !== 'active') throw conflict(SPENT);
  const issues = passwordIssues(input.password, link.person.email);
  if (issues[0]) throw invalid(issues[0].message, issues);
  const passwordHash = await hasher.hash(input.password);

  return write({ ...ctx, actor: personActor(link.person, 'console') }, async (tx) => {
    const person = await lockPerson(tx, link.personId);
    // Compare and set: of two who hold the link, one.
    const { count } = await tx.setupLink.updateMany({ where: { id: link.id, usedAt: null, expiresAt: { gt: ctx.now() } }, data: { usedAt: ctx.now() } });
    if (count === 0 || person.state !== 'active') throw conflict(SPENT);
    await tx.setupLink.updateMany({ where: { personId: person.id, usedAt: null }, data: { usedAt: ctx.now() } });
    await tx.person.update({ where: { id: person.id }, data: { passwordHash } });
    await giveBackTurn(sqlOfTx(tx), [accountKey(person.email)]);
    return {
      view: { email: person.email },
      events: [organisationEvent('person.password_set', { personId: person.id, by: 'link' }), ...(await endSignIns(tx, ctx, person.id, 'password_set'))],
    };
  });
}
