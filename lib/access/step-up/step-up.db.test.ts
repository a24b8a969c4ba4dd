import { describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { prisma } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { approvalToSign, asPerson, clock, consoleContext, makePasskey, makePerson, recorded, useConsoleDatabase, whyRefused } from '../testing';
import { beginStepUp, finishStepUp, relyingParty, stepUpTransaction, sweepAccess, verifyAssertion } from '..';
import { authenticationResponseSchema, type StepUpChallenge, type StepUpSubject } from './schema';

useConsoleDatabase();

type Twist = Parameters<SoftwareAuthenticator['authenticate']>[1];

async function withKey() {
  const person = await makePerson(['analyst']);
  const { authenticator, row } = await makePasskey(person.id);
  const ctx = asPerson(person);
  const answer = ({ challengeId, options }: StepUpChallenge, twist: Twist = {}) => ({ challengeId, response: authenticationResponseSchema.parse(authenticator.authenticate(options, twist)) });
  const finish = (expected: StepUpSubject, given: ReturnType<typeof answer>, as = ctx) => stepUpTransaction(as, (tx) => finishStepUp(tx, as, expected, given));
  const refusals = async () => (await recorded('person.step_up_refused')).filter((event) => event.data.personId === person.id).map((event) => event.data.why);
  return { person, ctx, authenticator, row, answer, finish, refusals };
}

describe('a step-up', () => {
  it('gives an assertion that anybody can verify by the key alone, and counts the use', async () => {
    const { ctx, row, answer, finish } = await withKey();
    const subject = approvalToSign();
    const asked = await beginStepUp(ctx, subject);
    expect(asked.options).toMatchObject({ rpId: 'localhost', userVerification: 'required', allowCredentials: [{ id: row.credentialId, transports: ['internal'] }] });
    const assertion = await finish(subject, answer(asked));
    const stored = await prisma().passkey.findUniqueOrThrow({ where: { id: row.id } });
    expect(stored).toMatchObject({ counter: 2n, lastUsedAt: expect.any(Date) as Date });
    expect(await verifyAssertion(assertion, subject, stored, relyingParty())).toMatchObject({ ok: true });
  });

  it('says where to register when there is no passkey, or only a removed one', async () => {
    const { ctx, row } = await withKey();
    await prisma().passkey.update({ where: { id: row.id }, data: { revokedAt: new Date() } });
    const attempt = beginStepUp(ctx, approvalToSign());
    await expect(attempt).rejects.toThrow('Register a passkey under Settings first');
    expect(await whyRefused(attempt)).toBe('no_passkey');
  });

  it('is for a person in the console: not for a token, a program or one of our processes', async () => {
    const { ctx, person, answer } = await withKey();
    const given = answer(await beginStepUp(ctx, approvalToSign()));
    for (const other of [asPerson(person, {}, { via: 'token', tokenId: newId() }), consoleContext(), makeContext({ kind: 'service_account', id: newId(), name: 'ci', roles: ['admin'], tokenId: newId() })]) {
      await expect(beginStepUp(other, approvalToSign())).rejects.toMatchObject({ code: 'forbidden' });
      await expect(stepUpTransaction(other, (tx) => finishStepUp(tx, other, approvalToSign(), given))).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('takes an answer once, also of two at the same moment', async () => {
    const { ctx, answer, finish, refusals } = await withKey();
    const subject = approvalToSign();
    const given = answer(await beginStepUp(ctx, subject));
    const both = await Promise.allSettled([finish(subject, given), finish(subject, given)]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await whyRefused(finish(subject, given))).toBe('used');
    expect(await refusals()).toEqual(['used', 'used']);
  });

  it('refuses for one approval the answer that was made for another, equal one, and does not let it be tried again', async () => {
    const { ctx, answer, finish, refusals } = await withKey();
    const first = approvalToSign();
    const second = approvalToSign({ digest: first.digest, verdict: first.verdict });
    const given = answer(await beginStepUp(ctx, first));
    const askedForSecond = await beginStepUp(ctx, second);
    expect(await whyRefused(finish(second, given))).toBe('other_subject');
    // Nor under the challenge of the other.
    expect(await whyRefused(finish(second, { ...given, challengeId: askedForSecond.challengeId }))).toBe('other_challenge');
    // What was refused once is spent, also for what it was made for.
    expect(await whyRefused(finish(first, given))).toBe('used');
    expect(await refusals()).toEqual(['other_subject', 'other_challenge', 'used']);
  });

  it.each([['purpose', { purpose: 'switch.request_release' }], ['digest', { digest: 'cd'.repeat(32) }], ['verdict', { verdict: 'approve_narrowed' }]] as const)('refuses when the %s is another one than was signed for', async (_, over) => {
    const { ctx, answer, finish } = await withKey();
    const subject = approvalToSign();
    expect(await whyRefused(finish({ ...subject, ...over } as StepUpSubject, answer(await beginStepUp(ctx, subject))))).toBe('other_subject');
  });

  it('refuses somebody else’s answer and leaves theirs to them', async () => {
    const ada = await withKey();
    const eve = await withKey();
    const subject = approvalToSign();
    const given = ada.answer(await beginStepUp(ada.ctx, subject));
    expect(await whyRefused(eve.finish(subject, given))).toBe('other_person');
    // With a challenge of her own, Ada's key is none of hers.
    expect(await whyRefused(eve.finish(subject, { ...given, challengeId: (await beginStepUp(eve.ctx, subject)).challengeId }))).toBe('no_such_key');
    expect(await ada.finish(subject, given)).toMatchObject({ passkeyId: ada.row.id });
  });

  it('refuses after a minute by the database’s clock, whatever ours says, and what was never asked', async () => {
    const { ctx, answer, finish } = await withKey();
    const subject = approvalToSign();
    const asked = await beginStepUp({ ...ctx, now: () => new Date('2040-01-01') }, subject);
    const given = answer(asked);
    const { createdAt, expiresAt } = await prisma().passkeyChallenge.findUniqueOrThrow({ where: { id: asked.challengeId } });
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(60_000);
    await prisma().$executeRaw`UPDATE passkey_challenge SET expires_at = clock_timestamp() WHERE id = ${asked.challengeId}::uuid`;
    expect(await whyRefused(finish(subject, given))).toBe('expired');
    expect(await whyRefused(finish(subject, { ...given, challengeId: newId() }))).toBe('no_challenge');
  });

  it.each([
    ['another origin', { origin: 'http://evil.localhost:3000' }, 'other_origin'], ['another party', { rpId: 'evil.example' }, 'bad_signature'],
    ['no verification', { verified: false }, 'not_verified'], ['a counter that stands still', { counter: 2 }, 'counter_went_back'], ['a counter that went back', { counter: 1 }, 'counter_went_back'],
  ] as const)('refuses %s and says so on the record, although everything else is taken back', async (_, twist, why) => {
    const { ctx, person, answer, finish, refusals } = await withKey();
    const first = approvalToSign();
    await finish(first, answer(await beginStepUp(ctx, first)));
    const subject = approvalToSign();
    const given = answer(await beginStepUp(ctx, subject), twist);
    expect(await whyRefused(stepUpTransaction(ctx, async (tx) => {
      await tx.rows(`UPDATE person SET name = 'changed' WHERE id = $1`, [person.id]);
      await finishStepUp(tx, ctx, subject, given);
    }))).toBe(why);
    expect(await refusals()).toEqual([why]);
    expect(await prisma().person.findUniqueOrThrow({ where: { id: person.id } })).toMatchObject({ name: 'Ada' });
    expect(await whyRefused(finish(subject, given))).toBe('used');
  });

  it('takes a key that does not count', async () => {
    const person = await makePerson();
    const { authenticator } = await makePasskey(person.id, new SoftwareAuthenticator(relyingParty().origin, false));
    const ctx = asPerson(person);
    for (let i = 0; i < 2; i++) {
      const subject = approvalToSign();
      const { challengeId, options } = await beginStepUp(ctx, subject);
      await stepUpTransaction(ctx, (tx) => finishStepUp(tx, ctx, subject, { challengeId, response: authenticationResponseSchema.parse(authenticator.authenticate(options)) }));
    }
    expect(await recorded('person.step_up_refused')).not.toContainEqual(expect.objectContaining({ data: expect.objectContaining({ personId: person.id }) as object }));
  });

  it('leaves the answer good when the verb itself fails after it', async () => {
    const { ctx, answer, finish, refusals } = await withKey();
    const subject = approvalToSign();
    const given = answer(await beginStepUp(ctx, subject));
    await expect(stepUpTransaction(ctx, async (tx) => { await finishStepUp(tx, ctx, subject, given); throw new Error('no room'); })).rejects.toThrow('no room');
    expect(await finish(subject, given)).toMatchObject({ objectId: subject.objectId });
    expect(await refusals()).toEqual([]);
  });

  it('is swept away a day after', async () => {
    const { ctx } = await withKey();
    const { challengeId } = await beginStepUp(ctx, approvalToSign());
    const time = clock(new Date());
    await sweepAccess(consoleContext({ now: time.now }));
    expect(await prisma().passkeyChallenge.count({ where: { id: challengeId } })).toBe(1);
    time.forward(86_400_000 + 120_000);
    await sweepAccess(consoleContext({ now: time.now }));
    expect(await prisma().passkeyChallenge.count({ where: { id: challengeId } })).toBe(0);
  });
});
