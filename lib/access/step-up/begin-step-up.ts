import { randomBytes } from 'node:crypto';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { DomainError, forbidden } from '@/lib/errors';
import { CHALLENGE_SECONDS } from '../rules';
import { totpOf } from '../totp';
import { challengeIdOf, challengeOf } from './challenge';
import { relyingParty } from './relying-party';
import { codeMayDo, type OfferedStepUp, type StepUpChallenge, type StepUpSubject } from './schema';

/**
 * Asks the person for a passkey over exactly this. The challenge holds for a minute and once. Throws `step_up_required` when they have
 * no passkey, and `forbidden` for anybody but a person in the console: a token holds no key.
 */
export async function beginStepUp(ctx: Context, subject: StepUpSubject): Promise<StepUpChallenge> {
  const { challengeId, options } = await begin(ctx, subject, false);
  return { challengeId, options: options! };
}

/** The same where the rule that asks takes a one-time password as well: for a purpose that a code can do at all. */
export const beginStepUpOrCode = (ctx: Context, subject: StepUpSubject): Promise<OfferedStepUp> => begin(ctx, subject, codeMayDo[subject.purpose]);

async function begin(ctx: Context, subject: StepUpSubject, codeAllowed: boolean): Promise<OfferedStepUp> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('Signing with a passkey takes a person in the console.');
  const keys = await sql.rows<{ id: string; transports: string[] }>('SELECT credential_id AS id, transports FROM passkey WHERE person_id = $1 AND revoked_at IS NULL ORDER BY last_used_at DESC NULLS LAST, created_at', [actor.id]);
  const code = codeAllowed && (await totpOf(actor.id)).kind === 'on';
  if (keys.length === 0 && !code) throw new DomainError('step_up_required', codeAllowed ? 'This takes a passkey or a one-time password, and you have neither here. Set one up under Settings first.' : 'This takes a passkey, and you have none here. Register a passkey under Settings first.', { data: { why: 'no_passkey' } });
  const nonce = randomBytes(32).toString('base64url');
  const challenge = challengeOf(subject, nonce);
  const challengeId = challengeIdOf(challenge);
  await sql.rows(
    `INSERT INTO passkey_challenge (id, person_id, purpose, object_id, digest, verdict, nonce, challenge, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), clock_timestamp() + make_interval(secs => $9))`,
    [challengeId, actor.id, subject.purpose, subject.objectId, subject.digest, subject.verdict, nonce, challenge, CHALLENGE_SECONDS],
  );
  const options = keys.length === 0 ? null : await generateAuthenticationOptions({
    rpID: relyingParty().rpId, challenge: new Uint8Array(Buffer.from(challenge, 'base64url')), allowCredentials: keys, userVerification: 'required', timeout: CHALLENGE_SECONDS * 1_000,
  });
  return { challengeId, options, ...(code && { code }) };
}
