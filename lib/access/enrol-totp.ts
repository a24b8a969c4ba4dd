import { randomBytes } from 'node:crypto';
import type { Context } from '@/lib/context';
import { sqlOfTx } from '@/lib/db';
import { conflict, forbidden } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { authorise } from './authorise';
import { lockPerson } from './internal';
import { argon2id, type PasswordHasher } from './passwords';
import { proveOwner } from './prove-owner';
import { replaceRecoveryCodes } from './recovery-codes';
import { ENROLMENT_MS } from './rules';
import type { TotpEnrolment } from './schema';
import { showedFactor } from './second-factor';
import { sealSecret, takeCodeTurn, takeTotp, totpOf } from './totp';
import { TOTP_SECRET_BYTES, totpAlgorithms, totpEnrolment } from './totp-rules';

/** Makes the secret of a one-time password and shows it, this once. It asks nobody for anything until `confirmTotp`. */
export async function enrolTotp(ctx: Context, input: { proof: string; issuer: string }, hasher: PasswordHasher = argon2id): Promise<TotpEnrolment> {
  authorise(ctx, 'credential.manage');
  const { personId, settle } = await proveOwner(ctx, input.proof, hasher);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, personId);
    if ((await totpOf(personId, tx)).kind === 'on') throw conflict('There is a one-time password on this account already. Remove it first; it takes a code.');
    await settle(tx);
    const secret = randomBytes(TOTP_SECRET_BYTES);
    const row = { ...(await sealSecret(sqlOfTx(tx), secret, personId)), algorithm: totpAlgorithms[0], createdAt: ctx.now(), confirmedAt: null, lastStep: 0n };
    await tx.totp.upsert({ where: { personId }, create: { personId, ...row }, update: row });
    // Until a first code confirms it, nothing about how the person signs in has changed.
    return { view: totpEnrolment(secret, { issuer: input.issuer, account: person.email }), unchanged: true };
  });
}

/** Turns the one-time password on by a first code. Whoever has no recovery codes left gets ten, shown this once. */
export async function confirmTotp(ctx: Context, input: { code: string }): Promise<{ codes: string[] | null }> {
  authorise(ctx, 'credential.manage');
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('This is changed in the console, by the person whose it is.');
  await takeCodeTurn(ctx, actor.id);
  return write<{ codes: string[] | null }>(ctx, async (tx) => {
    await lockPerson(tx, actor.id);
    const row = await tx.totp.findUnique({ where: { personId: actor.id } });
    if (row && !row.confirmedAt && ctx.now().getTime() - row.createdAt.getTime() > ENROLMENT_MS) throw conflict('This was begun more than half an hour ago. Set it up from the start.');
    await takeTotp(tx, ctx, actor.id, input.code, { confirming: true });
    await showedFactor(tx, actor, 'password_totp');
    const added = organisationEvent('person.totp_added', { personId: actor.id });
    if ((await tx.recoveryCode.count({ where: { personId: actor.id, usedAt: null } })) > 0) return { view: { codes: null }, events: [added] };
    const { codes, event } = await replaceRecoveryCodes(tx, ctx, actor.id);
    return { view: { codes }, events: [added, event] };
  });
}
