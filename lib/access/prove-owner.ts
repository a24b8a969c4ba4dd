import type { Context } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import type { NewEvent } from '@/lib/log';
import { argon2id, type PasswordHasher } from './passwords';
import { proveByPassword } from './prove-by-password';
import { looksLikeRecoveryCode, takeRecoveryCode } from './recovery-codes';
import { FRESH_SIGN_IN_MS } from './rules';
import { takeCodeTurn, takeTotp, totpOf } from './totp';

/** Ends the proof in the transaction of what it was asked for. */
export type Proven = { personId: string; settle: (tx: Tx) => Promise<NewEvent[]> };

/**
 * Makes sure that it is the person who changes their own credentials, and not somebody at a browser that they left open: by a one-time
 * password or recovery code where they have one, else by their password, else by having signed in a moment ago.
 */
export async function proveOwner(ctx: Context, proof: string, hasher: PasswordHasher = argon2id): Promise<Proven> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('This is changed in the console, by the person whose it is.');
  const personId = actor.id;
  if ((await totpOf(personId)).kind === 'on') {
    await takeCodeTurn(ctx, personId);
    return { personId, settle: (tx) => takeSecondFactor(tx, ctx, personId, proof).then(({ events }) => events) };
  }
  const before = await prisma().person.findUnique({ where: { id: personId }, select: { passwordHash: true } });
  if (!before?.passwordHash) {
    const signIn = actor.signInId ? await prisma().signIn.findUnique({ where: { id: actor.signInId } }) : null;
    if (!signIn || ctx.now().getTime() - signIn.createdAt.getTime() > FRESH_SIGN_IN_MS) throw forbidden('You signed in a while ago. Sign out, sign in again, and do this within fifteen minutes.');
    return { personId, settle: async () => [] };
  }
  const { settle } = await proveByPassword(ctx, actor, { password: proof, path: '/proof' }, hasher);
  return { personId, settle: async (tx) => { await settle(tx); await stillWithoutCode(tx, personId); return []; } };
}

/** Whoever set a one-time password up while their password was looked at is asked for it. */
export async function stillWithoutCode(tx: Tx, personId: string): Promise<void> {
  if ((await totpOf(personId, tx)).kind === 'on') throw forbidden('A one-time password was added meanwhile. Load the page again.');
}

/** Uses up a one-time password or, by its length, a recovery code. The caller took a turn before the transaction. */
export async function takeSecondFactor(tx: Tx, ctx: Context, personId: string, code: string): Promise<{ by: 'totp' | 'recovery'; events: NewEvent[] }> {
  if (looksLikeRecoveryCode(code)) return { by: 'recovery', events: [await takeRecoveryCode(tx, ctx, personId, code)] };
  await takeTotp(tx, ctx, personId, code);
  return { by: 'totp', events: [] };
}
