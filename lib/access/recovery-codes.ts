import { randomBytes } from 'node:crypto';
import type { Context } from '@/lib/context';
import { prisma, sqlOfTx, type Tx } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { hashSecret } from '@/lib/signing';
import { codeKey, giveBackTurn } from './attempts';
import type { RecoveryCodesView } from './schema';

const COUNT = 10;
/** No letter that another looks like: Crockford's base 32. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 140 bits a code: more than anybody can search through, so a fast hash of it is enough (ASVS 6.5.2 and 11.5.1 ask for 112 and 128). */
const LENGTH = 28;
/** Those that were made before have 80 bits and go on working until new ones are made. */
const OLD_LENGTH = 16;

/** Makes a person's ten codes anew; the old ones open nothing from here on. They are in this answer and nowhere else afterwards. */
export async function replaceRecoveryCodes(tx: Tx, ctx: Context, personId: string): Promise<{ codes: string[]; event: NewEvent }> {
  const codes = Array.from({ length: COUNT }, newCode);
  await tx.recoveryCode.deleteMany({ where: { personId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ id: newId(), personId, hash: hashOf(personId, code), createdAt: ctx.now() })) });
  return { codes, event: organisationEvent('person.recovery_codes_made', { personId, count: COUNT }) };
}

/**
 * Uses one of a person's recovery codes up, in place of a one-time password or of a passkey that was lost: of two who send the same
 * one, one gets through. Throws `forbidden` for a wrong or used one. Take a turn by `takeCodeTurn` before the transaction.
 */
export async function takeRecoveryCode(tx: Tx, ctx: Context, personId: string, typed: string): Promise<NewEvent> {
  const { count } = await tx.recoveryCode.updateMany({ where: { personId, hash: hashOf(personId, typed), usedAt: null }, data: { usedAt: ctx.now() } });
  if (count === 0) throw forbidden('That recovery code is none of yours, or it was used already. Each works once; take another one.');
  await giveBackTurn(sqlOfTx(tx), [codeKey(personId)]);
  return organisationEvent('person.recovery_code_used', { personId, left: await tx.recoveryCode.count({ where: { personId, usedAt: null } }) });
}

export const looksLikeRecoveryCode = (typed: string): boolean => [LENGTH, OLD_LENGTH].includes(plain(typed).length);

export async function recoveryCodesOf(personId: string): Promise<RecoveryCodesView> {
  const rows = await prisma().recoveryCode.findMany({ where: { personId }, select: { usedAt: true, createdAt: true } });
  return { left: rows.filter((row) => row.usedAt === null).length, made: rows.length, madeAt: rows[0]?.createdAt.toISOString() ?? null };
}

function newCode(): string {
  const code = [...randomBytes(LENGTH)].map((byte) => LETTERS[byte % 32]).join('');
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** As it was made, however it was typed: o is 0, i and l are 1. */
const plain = (typed: string) => typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
const hashOf = (personId: string, code: string) => hashSecret(`recovery code\0${personId}\0${plain(code)}`);
