import { hash, randomBytes } from 'node:crypto';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { Context } from '@/lib/context';
import { prisma, sql, sqlOfTx } from '@/lib/db';
import { unauthenticated } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { addressKey, giveBackTurn, takeTurn } from '../attempts';
import { lockPerson, personActor } from '../internal';
import { openSignIn, type OpenedSignIn } from '../open-sign-in';
import { CHALLENGE_SECONDS } from '../rules';
import { challengeIdOf } from '../step-up/challenge';
import { checkSignature, wentBack } from '../step-up/check-signature';
import { relyingParty } from '../step-up/relying-party';
import { passkeyAnswerSchema, type StepUpChallenge } from '../step-up/schema';
import { userHandle } from './begin-passkey';
import { NOBODYS_KEY } from './nobodys-key';
import { PASSKEY_REFUSED } from './schema';

/** A challenge for whoever is at the sign-in page: the key says who it is. It holds for a minute and once. */
export async function beginPasskeySignIn(): Promise<StepUpChallenge> {
  const challenge = randomBytes(32).toString('base64url');
  const challengeId = challengeIdOf(challenge);
  // Anybody can ask; what nobody answered doesn't pile up.
  await sql.rows(`DELETE FROM passkey_challenge WHERE purpose = 'sign_in' AND expires_at < clock_timestamp() - interval '5 minutes'`);
  await sql.rows(
    `INSERT INTO passkey_challenge (id, purpose, nonce, challenge, created_at, expires_at) VALUES ($1, 'sign_in', $2, $2, clock_timestamp(), clock_timestamp() + make_interval(secs => $3))`,
    [challengeId, challenge, CHALLENGE_SECONDS],
  );
  const options = await generateAuthenticationOptions({
    rpID: relyingParty().rpId, challenge: new Uint8Array(Buffer.from(challenge, 'base64url')), userVerification: 'required', timeout: CHALLENGE_SECONDS * 1_000,
  });
  return { challengeId, options };
}

type Refusal = 'locked' | 'wrong' | 'deactivated' | 'no_person' | 'copied_key';

/**
 * Opens a sign-in for whose passkey it is. Every refusal is the same `unauthenticated` and costs the same verification; the challenge is
 * used up before anything is looked at, and an address that fails often is refused without a look.
 */
export async function signInWithPasskey(ctx: Context, input: unknown, deviceToken?: string): Promise<OpenedSignIn> {
  const address = addressKey(ctx.ip);
  const keys = address ? [address] : [];
  const admission = await takeTurn(keys, ctx.now());
  if (admission.kind === 'locked') throw await refusal(ctx, admission.note ? 'locked' : undefined);
  const parsed = passkeyAnswerSchema.omit({ kind: true }).safeParse(input);
  if (!parsed.success) throw await refusal(ctx, 'wrong');
  const { challengeId, response: { id: credentialId, response } } = parsed.data;
  const [asked] = await sql.rows<{ challenge: string }>(`UPDATE passkey_challenge SET used_at = clock_timestamp() WHERE id = $1 AND purpose = 'sign_in' AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING challenge`, [challengeId]);
  const key = await prisma().passkey.findUnique({ where: { credentialId }, include: { person: true } });
  const check = await checkSignature(response, asked?.challenge ?? '', { credentialId, publicKey: key?.publicKey ?? NOBODYS_KEY }, relyingParty());
  if (!key) throw await refusal(ctx, 'no_person');
  const { person } = key;
  if (!asked || !check.ok || response.userHandle !== userHandle(person.id).toString('base64url')) throw await refusal(ctx, 'wrong', person.email);
  if (person.state !== 'active') throw await refusal(ctx, 'deactivated', person.email);
  if (wentBack(check.counter, key.counter)) throw await refusal(ctx, 'copied_key', person.email);

  const opened = await write<OpenedSignIn | undefined>({ ...ctx, actor: personActor(person, 'console') }, async (tx) => {
    await lockPerson(tx, person.id);
    const [now] = await tx.$queryRaw<{ counter: bigint; revoked: boolean }[]>`SELECT counter, revoked_at IS NOT NULL AS revoked FROM passkey WHERE id = ${key.id}::uuid FOR UPDATE`;
    // It may have been removed, or used elsewhere, while it was being checked.
    if (!now || now.revoked || wentBack(check.counter, now.counter)) return { view: undefined, unchanged: true };
    await tx.passkey.update({ where: { id: key.id }, data: { counter: BigInt(check.counter), backedUp: check.backedUp, lastUsedAt: ctx.now() } });
    await giveBackTurn(sqlOfTx(tx), keys);
    return openSignIn(tx, ctx, person.id, { method: 'passkey', deviceToken });
  });
  if (!opened) throw await refusal(ctx, 'wrong', person.email);
  return opened;
}

/** The one answer, once why is on the record. */
async function refusal(ctx: Context, why: Refusal | undefined, email?: string) {
  if (why) await write(ctx, async () => ({ view: undefined, events: [organisationEvent('person.sign_in_refused', { emailHash: email ? hash('sha256', email, 'hex') : 'a passkey', ip: ctx.ip ?? null, why })] }));
  return unauthenticated(PASSKEY_REFUSED);
}
