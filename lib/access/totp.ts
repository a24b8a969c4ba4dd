import type { Context } from '@/lib/context';
import { prisma, shareKeyTurn, sqlOfTx, type Sql, type Tx } from '@/lib/db';
import { DomainError, forbidden, rateLimited, unavailable } from '@/lib/errors';
import { credentialWrapper } from '@/lib/signing';
import { codeKey, giveBackTurn, takeTurn } from './attempts';
import type { TotpView } from './schema';
import { judgeFirstTotp, judgeTotp, totpAlgorithms } from './totp-rules';

type Row = { sealed: Uint8Array; keyId: string; algorithm: string; lastStep: bigint; confirmedAt: Date | null };

/**
 * Verifies a person's one-time password in the transaction of what it is asked for, and uses it up: of two who send the same
 * code one gets through. Throws `rate_limited` after several wrong ones, else `forbidden`, with a sentence for the person.
 */
export async function verifyTotp(tx: Tx, ctx: Context, personId: string, code: string): Promise<void> {
  await takeCodeTurn(ctx, personId);
  await takeTotp(tx, ctx, personId, code);
}

/** Counts an attempt at a code of this person. Committed by itself, so that a refusal that rolls all else back still counts. */
export async function takeCodeTurn(ctx: Context, personId: string): Promise<void> {
  if ((await takeTurn([codeKey(personId)], ctx.now())).kind === 'locked') throw rateLimited('Too many wrong codes in a row. Wait some minutes and try again with a fresh one.', 60_000);
}

/** The same without counting, for a caller who took a turn before the transaction. */
export const takeTotp = (tx: Tx, ctx: Context, personId: string, code: string, more?: { confirming?: boolean }): Promise<void> => takeTotpIn(sqlOfTx(tx), ctx, personId, code, more);

/** The same in a transaction of plain statements. */
export async function takeTotpIn(tx: Sql, ctx: Context, personId: string, code: string, { confirming = false } = {}): Promise<void> {
  const [row] = await tx.rows<Row>('SELECT sealed, key_id AS "keyId", algorithm, last_step AS "lastStep", confirmed_at AS "confirmedAt" FROM totp WHERE person_id = $1::uuid FOR UPDATE', [personId]);
  if (!row || (row.confirmedAt === null) !== confirming) throw forbidden(confirming ? 'There is nothing to confirm. Set the one-time password up from the start.' : 'There is no one-time password on this account.');
  const secret = await openSecret(row, personId);
  const kept = totpAlgorithms.find((one) => one === row.algorithm) ?? 'SHA1';
  const { verdict, algorithm } = confirming ? judgeFirstTotp(secret, code, ctx.now()) : { verdict: judgeTotp(secret, code, ctx.now(), row.lastStep, kept), algorithm: kept };
  if (verdict.kind !== 'right') throw refusedCode(verdict.kind);
  // Sealed anew at each use, so that after a rotation the old key is needed less and less.
  const { sealed, keyId } = await sealSecret(tx, secret, personId);
  await tx.rows('UPDATE totp SET last_step = $2::bigint, sealed = $3::bytea, key_id = $4, algorithm = $6, confirmed_at = coalesce($5::timestamptz, confirmed_at) WHERE person_id = $1::uuid', [personId, verdict.step, sealed, keyId, confirming ? ctx.now() : null, algorithm]);
  await giveBackTurn(tx, [codeKey(personId)]);
}

export async function totpOf(personId: string, db: Pick<Tx, 'totp'> = prisma()): Promise<TotpView> {
  const row = await db.totp.findUnique({ where: { personId }, select: { confirmedAt: true } });
  return row?.confirmedAt ? { kind: 'on', since: row.confirmedAt.toISOString() } : { kind: 'none' };
}

export async function sealSecret(tx: Sql, secret: Buffer, personId: string): Promise<{ sealed: Buffer<ArrayBuffer>; keyId: string }> {
  await shareKeyTurn(tx, 'credential-wrapping');
  const { keyId, bytes } = await credentialWrapper().wrap(secret, totpPlace(personId));
  return { sealed: Buffer.from(new Uint8Array(bytes)), keyId };
}

async function openSecret(row: Row, personId: string): Promise<Buffer> {
  const opened = await credentialWrapper().unwrap({ keyId: row.keyId, bytes: Buffer.from(row.sealed) }, totpPlace(personId));
  // Sealed by a key that is gone, or moved from another person's row: neither can be judged, and neither is a wrong code.
  if (!opened.ok) throw unavailable('Your one-time password cannot be checked: the key that it was sealed with is not here. Use a recovery code, and tell an administrator.');
  return opened.bytes;
}

function refusedCode(why: 'wrong' | 'used'): DomainError {
  const message = why === 'used' ? 'That code was used already. Wait for the next one; a new one comes every 30 seconds.' : 'That code is another one. Take the one that the app shows now.';
  return new DomainError('forbidden', message, { data: { why } });
}

/** A secret moved to another person's row doesn't open. */
export const totpPlace = (personId: string): string => `totp\0${personId}`;
