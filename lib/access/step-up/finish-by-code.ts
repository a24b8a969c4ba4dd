import type { Context } from '@/lib/context';
import { DomainError, forbidden } from '@/lib/errors';
import type { CodeProof } from '@/lib/log';
import { takeCodeTurn, takeTotpIn } from '../totp';
import { codeMayDo, type StepUpSubject, type TotpAnswer } from './schema';
import { StepUpRefused, type StepUpRefusal, type StepUpTx } from './step-up-transaction';
import { lockChallenge, useChallenge } from './take-challenge';

/**
 * Takes a one-time password for what is about to be done, and uses it and the challenge up. `allowed`: what the rule that asks says; a
 * purpose that codes cannot do stays refused whatever it says. The proof says that it was a code and never which: nobody but this
 * server can vouch for it, so nothing that others verify rests on one. Throws `step_up_required`, or `rate_limited` after several wrong ones.
 */
export async function finishStepUpByCode(tx: StepUpTx, ctx: Context, expected: StepUpSubject, { challengeId, code }: TotpAnswer, { allowed }: { allowed: boolean }): Promise<CodeProof> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('A one-time password takes a person in the console.');
  const refused = (why: StepUpRefusal) => new StepUpRefused(why, { purpose: expected.purpose, objectId: expected.objectId, challengeId });
  if (!allowed || !codeMayDo[expected.purpose]) throw refused('code_not_enough');
  const asked = await lockChallenge(tx, actor.id, expected, challengeId);
  if (!asked.ok) throw refused(asked.why);
  // Counted by itself, whatever becomes of this transaction; and only once there is something to judge.
  await takeCodeTurn(ctx, actor.id);
  await takeTotpIn(tx, ctx, actor.id, code).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== 'forbidden') throw error;
    throw refused(error.data?.why === undefined ? 'no_totp' : 'wrong_code');
  });
  await useChallenge(tx, challengeId);
  const { purpose, objectId, digest, verdict } = expected;
  return { kind: 'totp', challengeId, purpose, objectId, digest, verdict, nonce: asked.nonce };
}
