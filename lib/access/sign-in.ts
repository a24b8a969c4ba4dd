import type { Context } from '@/lib/context';
import { prisma, sqlOfTx } from '@/lib/db';
import { invalid, unauthenticated } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { accountKey, addressKey, giveBackTurn, takeTurn } from './attempts';
import { emailHash, lockPerson, personActor } from './internal';
import { openSignIn, type OpenedSignIn } from './open-sign-in';
import { argon2id, NOBODYS_HASH, type PasswordHasher } from './passwords';
import { isPasswordTooLong, MAX_PASSWORD } from './rules';
import { askSecondStep, type SecondStepAsked } from './second-step';
import { emailSchema, SIGN_IN_REFUSED } from './schema';
import { totpOf } from './totp';

type Refusal = 'wrong' | 'locked' | 'deactivated';

/**
 * Opens a new sign-in for the right e-mail and password, or asks for the second step of somebody who has one. Every refusal is the same `unauthenticated`, and costs the same
 * argon2 work whether or not there is such a person; a locked key is refused before any work, also for nobody's account. `invalid` for a text longer than any password, which says nothing about anybody.
 */
export async function signIn(ctx: Context, input: { email: string; password: string; deviceToken?: string | undefined }, hasher: PasswordHasher = argon2id): Promise<OpenedSignIn | SecondStepAsked> {
  const typed = String(input.email).trim().toLowerCase().slice(0, 254);
  const password = String(input.password);
  if (isPasswordTooLong(password)) throw invalid(`A password has at most ${MAX_PASSWORD} characters. This is longer, so nothing was tried.`);
  const address = addressKey(ctx.ip);
  const keys = address ? [accountKey(typed), address] : [accountKey(typed)];

  const admission = await takeTurn(keys, ctx.now());
  if (admission.kind === 'locked') {
    if (admission.note) await noteRefusal(ctx, typed, 'locked');
    throw unauthenticated(SIGN_IN_REFUSED);
  }
  // A text that Postgres cannot hold is nobody's address.
  const person = typed.includes('\0') ? null : await prisma().person.findUnique({ where: { email: typed } });
  const usable = person?.state === 'active' && person.passwordHash !== null;
  const matches = await hasher.verify(usable ? person.passwordHash! : NOBODYS_HASH, password);
  if (!usable || !matches) {
    await noteRefusal(ctx, typed, person && person.state !== 'active' ? 'deactivated' : 'wrong');
    throw unauthenticated(SIGN_IN_REFUSED);
  }
  const better = hasher.outdated(person.passwordHash!) ? await hasher.hash(password) : undefined;

  const asPerson: Context = { ...ctx, actor: personActor(person, 'console') };
  return write<OpenedSignIn | SecondStepAsked>(asPerson, async (tx) => {
    const now = await lockPerson(tx, person.id);
    // Somebody may have ended the account or set another password while this one was being checked.
    if (now.state !== 'active' || now.passwordHash !== person.passwordHash) throw unauthenticated(SIGN_IN_REFUSED);
    if (better) await tx.person.update({ where: { id: person.id }, data: { passwordHash: better } });
    await giveBackTurn(sqlOfTx(tx), keys);
    if ((await totpOf(person.id, tx)).kind === 'on') return { view: await askSecondStep(tx, ctx, { id: person.id, passwordHash: better ?? now.passwordHash }), unchanged: true };
    return openSignIn(tx, ctx, person.id, { method: 'password', deviceToken: input.deviceToken });
  });
}

/** What was typed goes on the record hashed, and only if it looks like an address: it could be a password. */
function noteRefusal(ctx: Context, typed: string, why: Refusal): Promise<void> {
  const typedHash = emailSchema.safeParse(typed).success ? emailHash(typed) : 'not an address';
  return write(ctx, async () => ({ view: undefined, events: [organisationEvent('person.sign_in_refused', { emailHash: typedHash, ip: ctx.ip ?? null, why })] }));
}
