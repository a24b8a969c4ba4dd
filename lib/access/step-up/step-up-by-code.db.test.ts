import { describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { prisma } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { approvalToSign, asPerson, clock, codeOf, consoleContext, makePasskey, makePerson, recorded, useConsoleDatabase, whyRefused, withTotp } from '../testing';
import { beginStepUp, beginStepUpOrCode, finishStepUpByCode, removeTotp, resetTotp, stepUpTransaction } from '..';
import { stepUpPurposes, totpAnswerSchema, type StepUpSubject } from './schema';

useConsoleDatabase();

const STEP = 30_000;

/** Somebody whose app shows a code that nobody has used. */
async function withCode() {
  const person = await makePerson(['analyst']);
  const time = clock();
  const factor = await withTotp(person, time);
  time.forward(STEP);
  const ctx = asPerson(person, { now: time.now });
  const finish = (expected: StepUpSubject, challengeId: string, code: string, as = ctx, allowed = true) =>
    stepUpTransaction(as, (tx) => finishStepUpByCode(tx, as, expected, totpAnswerSchema.parse({ kind: 'totp', challengeId, code }), { allowed }));
  const asked = async (subject: StepUpSubject, as = ctx) => (await beginStepUpOrCode(as, subject)).challengeId;
  const refusals = async () => (await recorded('person.step_up_refused')).filter((event) => event.data.personId === person.id).map((event) => event.data.why);
  return { person, ctx, time, factor, finish, asked, refusals };
}

describe('a step-up by one-time password', () => {
  it('says what it was for and never which code, and uses both up', async () => {
    const { ctx, factor, finish } = await withCode();
    const subject = approvalToSign();
    const offered = await beginStepUpOrCode(ctx, subject);
    // Without a passkey there is only the code to offer.
    expect(offered).toEqual({ challengeId: offered.challengeId, options: null, code: true });
    const code = factor.code();
    const proof = await finish(subject, offered.challengeId, `${code.slice(0, 3)} ${code.slice(3)}`);
    const { nonce, usedAt } = await prisma().passkeyChallenge.findUniqueOrThrow({ where: { id: offered.challengeId } });
    expect(proof).toEqual({ kind: 'totp', challengeId: offered.challengeId, ...subject, nonce });
    expect(usedAt).not.toBeNull();
    expect(JSON.stringify(proof)).not.toContain(code);
  });

  it('is offered beside a passkey, and not where nobody set one up or only began to', async () => {
    const { ctx, person } = await withCode();
    const { row } = await makePasskey(person.id);
    expect(await beginStepUpOrCode(ctx, approvalToSign())).toMatchObject({ code: true, options: { allowCredentials: [{ id: row.credentialId }] } });
    // Where a passkey is asked for, nothing else is.
    expect(await beginStepUp(ctx, approvalToSign())).not.toHaveProperty('code');
    const bare = await makePerson(['analyst']);
    expect(await whyRefused(beginStepUpOrCode(asPerson(bare), approvalToSign()))).toBe('no_passkey');
    await withTotp(bare, clock());
    await prisma().totp.update({ where: { personId: bare.id }, data: { confirmedAt: null } });
    await expect(beginStepUpOrCode(asPerson(bare), approvalToSign())).rejects.toThrow('you have neither here');
    expect(await whyRefused(beginStepUp(ctx, approvalToSign()).then(() => beginStepUp(asPerson(bare), approvalToSign())))).toBe('no_passkey');
  });

  it('refuses a wrong code, puts that on the record without it, and takes no second try under the same challenge', async () => {
    const { factor, asked, finish, refusals } = await withCode();
    const subject = approvalToSign();
    const challengeId = await asked(subject);
    const wrong = factor.code() === '000000' ? '000001' : '000000';
    expect(await whyRefused(finish(subject, challengeId, wrong))).toBe('wrong_code');
    expect(await whyRefused(finish(subject, challengeId, factor.code()))).toBe('used');
    // The right one was not spent by that.
    expect(await finish(subject, await asked(subject), factor.code())).toMatchObject({ kind: 'totp' });
    expect(await refusals()).toEqual(['wrong_code', 'used']);
    expect(JSON.stringify(await recorded('person.step_up_refused'))).not.toContain(wrong);
  });

  it('takes a code once, also between two equal asks, and the next one after that', async () => {
    const { factor, time, asked, finish, refusals } = await withCode();
    const subject = approvalToSign();
    const [first, second] = [await asked(subject), await asked(subject)];
    await finish(subject, first, factor.code());
    expect(await whyRefused(finish(subject, second, factor.code()))).toBe('wrong_code');
    expect(await whyRefused(finish(subject, first, factor.code()))).toBe('used');
    time.forward(STEP);
    expect(await finish(subject, await asked(subject), factor.code())).toMatchObject({ kind: 'totp' });
    expect(await refusals()).toEqual(['wrong_code', 'used']);
  });

  it('lets one of two through that come at the same moment, under one challenge and under two', async () => {
    const { factor, time, asked, finish } = await withCode();
    const subject = approvalToSign();
    const one = await asked(subject);
    const both = await Promise.allSettled([finish(subject, one, factor.code()), finish(subject, one, factor.code())]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    time.forward(STEP);
    const [a, b] = [approvalToSign(), approvalToSign()];
    const [forA, forB] = [await asked(a), await asked(b)];
    const two = await Promise.allSettled([finish(a, forA, factor.code()), finish(b, forB, factor.code())]);
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is for exactly this: not for another object, digest, word or act, and not for somebody else', async () => {
    const { factor, asked, finish } = await withCode();
    const subject = approvalToSign();
    for (const over of [{ objectId: newId() }, { digest: 'cd'.repeat(32) }, { verdict: 'approve_narrowed' }]) {
      expect(await whyRefused(finish({ ...subject, ...over }, await asked(subject), factor.code())), JSON.stringify(over)).toBe('other_subject');
    }
    const eve = await withCode();
    expect(await whyRefused(eve.finish(subject, await asked(subject), eve.factor.code()))).toBe('other_person');
    // None of these was judged, so the code is as good as before.
    expect(await finish(subject, await asked(subject), factor.code())).toMatchObject({ kind: 'totp' });
  });

  it('refuses after a minute by the database’s clock, and what was never asked', async () => {
    const { factor, asked, finish } = await withCode();
    const subject = approvalToSign();
    const challengeId = await asked(subject);
    await prisma().$executeRaw`UPDATE passkey_challenge SET expires_at = clock_timestamp() WHERE id = ${challengeId}::uuid`;
    expect(await whyRefused(finish(subject, challengeId, factor.code()))).toBe('expired');
    expect(await whyRefused(finish(subject, newId(), factor.code()))).toBe('no_challenge');
    expect(await finish(subject, await asked(subject), factor.code())).toMatchObject({ kind: 'totp' });
  });

  it('is never enough for a release or for one’s keys, whatever a rule says, nor for an approval whose rule does not say so', async () => {
    const { ctx, person, factor, finish, asked, refusals } = await withCode();
    await makePasskey(person.id);
    const others = stepUpPurposes.filter((purpose) => purpose !== 'approval.approve');
    expect(others).toEqual(['switch.request_release', 'switch.second_release', 'credential.change']);
    for (const purpose of others) {
      const subject = approvalToSign({ purpose });
      const offered = await beginStepUpOrCode(ctx, subject);
      expect(offered.code).toBeUndefined();
      expect(await whyRefused(finish(subject, offered.challengeId, factor.code()))).toBe('code_not_enough');
    }
    const subject = approvalToSign();
    expect(await whyRefused(finish(subject, await asked(subject), factor.code(), ctx, false))).toBe('code_not_enough');
    expect(await refusals()).toEqual(['code_not_enough', 'code_not_enough', 'code_not_enough', 'code_not_enough']);
  });

  it('counts wrong codes with those at the door, and is closed for a while after several', async () => {
    const { factor, time, asked, finish } = await withCode();
    const subject = approvalToSign();
    for (let i = 0; i < 5; i++) expect(await whyRefused(finish(subject, await asked(subject), '000000'))).toBe('wrong_code');
    time.forward(STEP);
    const challengeId = await asked(subject);
    expect(await codeOf(finish(subject, challengeId, factor.code()))).toBe('rate_limited');
    time.forward(5 * 60 * 60_000);
    // The challenge was not spent by being turned away, but its minute is the database's, which has not moved.
    expect(await finish(subject, challengeId, factor.code())).toMatchObject({ kind: 'totp' });
  });

  it('ends with the one-time password, by its person or by an administrator', async () => {
    const [own, lost] = [await withCode(), await withCode()];
    const subject = approvalToSign();
    const [mine, theirs] = [await own.asked(subject), await lost.asked(subject)];
    await removeTotp(own.ctx, { proof: own.factor.codes[0]! });
    await resetTotp(asPerson(await makePerson(['admin'])), lost.person.id);
    for (const [who, challengeId] of [[own, mine], [lost, theirs]] as const) expect(await whyRefused(who.finish(subject, challengeId, who.factor.code()))).toBe('no_totp');
  });

  it('takes back everything with a transaction that fails, and takes a person in the console', async () => {
    const { ctx, person, factor, asked, finish } = await withCode();
    const subject = approvalToSign();
    const challengeId = await asked(subject);
    await expect(stepUpTransaction(ctx, async (tx) => { await finishStepUpByCode(tx, ctx, subject, { kind: 'totp', challengeId, code: factor.code() }, { allowed: true }); throw new Error('no room'); })).rejects.toThrow('no room');
    for (const other of [asPerson(person, {}, { via: 'token', tokenId: newId() }), consoleContext(), makeContext({ kind: 'service_account', id: newId(), name: 'ci', roles: ['admin'], tokenId: newId() })]) {
      expect(await codeOf(beginStepUpOrCode(other, subject))).toBe('forbidden');
      expect(await codeOf(finish(subject, challengeId, factor.code(), other))).toBe('forbidden');
    }
    expect(await finish(subject, challengeId, factor.code())).toMatchObject({ kind: 'totp' });
  });

  it('reads six digits, however they are typed, and nothing else', () => {
    const read = (code: string) => totpAnswerSchema.safeParse({ kind: 'totp', challengeId: newId(), code });
    for (const code of ['123456', '123 456', ' 123-456 ']) expect(read(code).data?.code).toBe('123456');
    for (const code of ['', '12345', '1234567', '12345a', '１２３４５６', '1'.repeat(21)]) expect(read(code).success, code).toBe(false);
  });
});
