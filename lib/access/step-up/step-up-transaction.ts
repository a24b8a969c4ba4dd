import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import type { StepUpPurpose } from './schema';

declare const steppedUp: unique symbol;
/** A transaction in which a refused key is put on the record although everything else of it is taken back. */
export type StepUpTx = Sql & { readonly [steppedUp]: true };

export type StepUpRefusal =
  | 'no_challenge' | 'other_person' | 'other_sign_in' | 'used' | 'expired' | 'other_subject' | 'no_such_key' | 'counter_went_back'
  | 'other_key' | 'other_challenge' | 'other_origin' | 'not_verified' | 'bad_signature' | 'wrong_code' | 'code_not_enough' | 'no_totp';

const sentences: Record<StepUpRefusal, string> = {
  no_challenge: 'This was not asked for, or too long ago. Nothing was done; start again.',
  other_person: 'This was asked of somebody else. Nothing was done; start again.',
  other_sign_in: 'This was asked for in another browser. Nothing was done; start again.',
  used: 'This signature was used already. Nothing was done; sign again.',
  expired: 'The minute to sign was over. Nothing was done; sign again.',
  other_subject: 'What was signed is not what is asked for now. Nothing was done; read it again and sign again.',
  no_such_key: 'This key is not one of your passkeys here, or it was removed. Use another one.',
  counter_went_back: 'This key counts backwards, as a copied one would. It was refused and put on the record; use another key and tell an administrator.',
  other_key: 'This is not the key that was asked for. Use another one.',
  other_challenge: 'What was signed is not what was asked for. Nothing was done; sign again.',
  other_origin: 'This was signed on another page than this console’s. Nothing was done.',
  not_verified: 'The key did not check that it is you (a PIN, a fingerprint, a face). Use one that does.',
  bad_signature: 'The signature does not hold. Nothing was done; sign again.',
  wrong_code: 'This code does not fit now, or it was used. Nothing was done; wait for the next one and sign again.',
  code_not_enough: 'This takes a passkey; a one-time password is not enough for it. Nothing was done.',
  no_totp: 'There is no one-time password on this account. Nothing was done; sign with a passkey.',
};

/** Thrown within a step-up transaction: takes everything back, and is recorded after. */
export class StepUpRefused extends DomainError {
  constructor(readonly why: StepUpRefusal, readonly about: { purpose: StepUpPurpose; objectId: string; challengeId?: string }) {
    super('step_up_required', sentences[why], { data: { why } });
  }
}

/**
 * The transaction of a verb that a person signs for. Refused, nothing of it stands but the record of the refusal, made after the
 * rollback in a transaction of its own, which also uses the challenge up: nobody tries one twice.
 */
export function stepUpTransaction<T>(ctx: Context, work: (tx: StepUpTx) => Promise<T>): Promise<T> {
  return notingRefusals(ctx, (asStepUp) => sqlTransaction((tx) => work(asStepUp(tx))));
}

/** The same around a transaction of the caller's own making; `asStepUp` marks it as being within. */
export async function notingRefusals<T>(ctx: Context, work: (asStepUp: (tx: Sql) => StepUpTx) => Promise<T>): Promise<T> {
  try {
    return await work((tx) => tx as StepUpTx);
  } catch (error) {
    if (error instanceof StepUpRefused && ctx.actor.kind === 'person') await noteRefusal(ctx, ctx.actor.id, error);
    throw error;
  }
}

function noteRefusal(ctx: Context, personId: string, { why, about }: StepUpRefused): Promise<void> {
  return sqlTransaction(async (tx) => {
    if (about.challengeId) await tx.rows('UPDATE passkey_challenge SET used_at = clock_timestamp() WHERE id = $1 AND person_id = $2 AND used_at IS NULL', [about.challengeId, personId]);
    await record(tx, ctx, [organisationEvent('person.step_up_refused', { personId, purpose: about.purpose, objectId: about.objectId, why })]);
  });
}
