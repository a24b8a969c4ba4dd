import { challengeOf } from './challenge';
import type { StepUpSubject } from './schema';
import type { StepUpRefusal, StepUpTx } from './step-up-transaction';

type Row = { personId: string | null; nonce: string; challenge: string; used: boolean; over: boolean };
export type Challenge = { ok: true; nonce: string } | { ok: false; why: StepUpRefusal };

/**
 * The challenge that was handed out to this person for exactly this, held until the transaction ends. What it was for is computed again
 * from `expected`, never read from an answer.
 */
export async function lockChallenge(tx: StepUpTx, personId: string, expected: StepUpSubject, challengeId: string): Promise<Challenge> {
  await tx.rows('SELECT 1 FROM passkey_challenge WHERE id = $1::uuid FOR UPDATE', [challengeId]);
  // Read after the lock was had, with the database's clock: two answers at once are one after the other here.
  const [asked] = await tx.rows<Row>(
    `SELECT person_id AS "personId", nonce, challenge, used_at IS NOT NULL AS used, expires_at <= clock_timestamp() AS over FROM passkey_challenge WHERE id = $1::uuid`, [challengeId],
  );
  if (!asked) return { ok: false, why: 'no_challenge' };
  if (asked.personId !== personId) return { ok: false, why: 'other_person' };
  if (asked.used) return { ok: false, why: 'used' };
  if (asked.over) return { ok: false, why: 'expired' };
  return challengeOf(expected, asked.nonce) === asked.challenge ? { ok: true, nonce: asked.nonce } : { ok: false, why: 'other_subject' };
}

export const useChallenge = (tx: StepUpTx, challengeId: string): Promise<unknown> => tx.rows('UPDATE passkey_challenge SET used_at = clock_timestamp() WHERE id = $1::uuid', [challengeId]);
