import type { Context } from '@/lib/context';
import { forbidden, invalid } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { confinedSentence } from './authorise';
import { endSignIns } from './internal';
import { passwordIssues } from './password-issues';
import { argon2id, type PasswordHasher } from './passwords';
import { proveByPassword } from './prove-by-password';

/** Changes one's own password with the old one at hand; all other sign-ins end, the one that asked stays. */
export async function changePassword(ctx: Context, input: { current: string; password: string; signInId: string }, hasher: PasswordHasher = argon2id): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('A password is changed in the console, by the person whose it is.');
  if (actor.confined === 'factor_unused') throw forbidden(confinedSentence(actor.confined));
  const { settle } = await proveByPassword(ctx, actor, { password: input.current, path: '/current', wrong: 'The present password is another one.' }, hasher);
  const issues = passwordIssues(input.password, actor.email);
  if (issues[0]) throw invalid(issues[0].message, issues);
  const passwordHash = await hasher.hash(input.password);
  await write(ctx, async (tx) => {
    await settle(tx);
    await tx.person.update({ where: { id: actor.id }, data: { passwordHash } });
    return {
      view: undefined,
      events: [organisationEvent('person.password_set', { personId: actor.id, by: 'self' }), ...(await endSignIns(tx, ctx, actor.id, 'password_set', { except: input.signInId }))],
    };
  });
}
