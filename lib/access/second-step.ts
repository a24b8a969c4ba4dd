import type { Context } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { conflict, DomainError, unauthenticated } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { hashSecret, sameText } from '@/lib/signing';
import { codeKey, takeTurn } from './attempts';
import { emailHash, lockPerson, newUrlSecret, personActor, urlSecretShape } from './internal';
import { openSignIn, type OpenedSignIn } from './open-sign-in';
import { takeSecondFactor } from './prove-owner';
import { SECOND_STEP_MS } from './rules';
import { SIGN_IN_REFUSED } from './schema';

export type SecondStepAsked = {
  kind: 'second_step';
  /** Proves to `finishSignIn` that the password was right. A secret for this browser alone, good once and for five minutes. */
  step: string;
};

/** Asks for the second step of somebody whose password was right. The client keeps a random text that means nothing without this row. */
export async function askSecondStep(tx: Tx, ctx: Context, person: { id: string; passwordHash: string | null }): Promise<SecondStepAsked> {
  const step = newUrlSecret();
  await tx.secondStep.create({ data: { hash: hashSecret(step), personId: person.id, passwordMark: markOf(person.passwordHash), createdAt: ctx.now(), expiresAt: new Date(ctx.now().getTime() + SECOND_STEP_MS) } });
  return { kind: 'second_step', step };
}

/**
 * Opens the sign-in by a one-time password or a recovery code after a right password. `conflict` when that password is too long ago,
 * was changed or led in already; `rate_limited` after several wrong codes; `unauthenticated` for a wrong one, with `data.why` `wrong` or `used`.
 */
export async function finishSignIn(ctx: Context, input: { step: string; code: string; deviceToken?: string | undefined }): Promise<OpenedSignIn> {
  const over = conflict('That took more than five minutes, or the password was changed meanwhile. Sign in again from the start.');
  if (!urlSecretShape.test(input.step)) throw over;
  const hash = hashSecret(input.step);
  const asked = await prisma().secondStep.findUnique({ where: { hash }, include: { person: true } });
  if (!asked || asked.usedAt || asked.expiresAt <= ctx.now() || asked.person.state !== 'active') throw over;
  const { person } = asked;
  const refused = (why: 'second_factor' | 'locked') => write(ctx, async () => ({ view: undefined, events: [organisationEvent('person.sign_in_refused', { emailHash: emailHash(person.email), ip: ctx.ip ?? null, why })] }));

  const turn = await takeTurn([codeKey(person.id)], ctx.now());
  if (turn.kind === 'locked') {
    if (turn.note) await refused('locked');
    throw new DomainError('rate_limited', 'Too many wrong codes in a row. Wait some minutes.', { retryAfterMs: 60_000 });
  }
  try {
    return await write({ ...ctx, actor: personActor(person, 'console') }, async (tx) => {
      const now = await lockPerson(tx, person.id);
      if (now.state !== 'active') throw unauthenticated(SIGN_IN_REFUSED);
      // Compare and set: of two who hold the same step, one.
      const { count } = await tx.secondStep.updateMany({ where: { hash, usedAt: null, expiresAt: { gt: ctx.now() } }, data: { usedAt: ctx.now() } });
      if (count === 0 || !sameText(asked.passwordMark, markOf(now.passwordHash))) throw over;
      const { by, events } = await takeSecondFactor(tx, ctx, person.id, input.code);
      const opened = await openSignIn(tx, ctx, person.id, { method: by === 'totp' ? 'password_totp' : 'password_recovery', deviceToken: input.deviceToken });
      return { view: opened.view, events: [...opened.events, ...events] };
    });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'forbidden') throw error;
    await refused('second_factor');
    throw new DomainError('unauthenticated', error.message, { ...(error.data && { data: error.data }) });
  }
}

const markOf = (passwordHash: string | null) => hashSecret(`second step\0${passwordHash ?? ''}`);
