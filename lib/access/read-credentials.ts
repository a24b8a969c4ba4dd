import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { listStopKeys } from './list-stop-keys';
import { passkeyView } from './passkeys/queries';
import { listSignIns, listTokens } from './queries';
import { reaches } from './reach';
import { readPerson } from './read-people';
import { recoveryCodesOf } from './recovery-codes';
import { personIdSchema, type PersonCredentials } from './schema';
import { lastUseOfStep } from './totp-rules';

/** Everything that opens something in a person's name, with its last use, for whoever manages people. */
export async function readCredentials(ctx: Context, id: string): Promise<PersonCredentials> {
  authorise(ctx, 'person.manage');
  const personId = parseInput(personIdSchema, id);
  const db = prisma();
  const person = await readPerson(db, personId, ctx.now());
  const [within, passkeys, totp, recovery, stopKeys, tokens, signIns] = await Promise.all([
    reaches(db, ctx.actor, [...person.roles, ...person.ownRoles]),
    db.passkey.findMany({ where: { personId, revokedAt: null }, orderBy: { createdAt: 'asc' } }),
    db.totp.findUnique({ where: { personId }, select: { confirmedAt: true, lastStep: true } }),
    recoveryCodesOf(personId), listStopKeys(ctx, personId), listTokens(ctx, personId), listSignIns(ctx, personId),
  ]);
  return {
    person, within, passkeys: passkeys.map(passkeyView), recovery, stopKeys, tokens, signIns,
    totp: totp?.confirmedAt ? { kind: 'on', since: totp.confirmedAt.toISOString(), lastUsedAt: lastUseOfStep(totp.lastStep, ctx.now()) } : { kind: 'none' },
  };
}
