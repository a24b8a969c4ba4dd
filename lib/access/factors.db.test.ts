// Long because one second step is followed from its first code to its last.
import { readFileSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import type { Context } from '@/lib/context';
import { prisma, transaction } from '@/lib/db';
import { hashSecret } from '@/lib/signing';
import { changePassword, confirmTotp, deactivatePerson, enrolTotp, finishSignIn, makeRecoveryCodes, ownFactors, removeTotp, resetTotp, signIn, sweepAccess, verifyTotp } from '.';
import { replaceRecoveryCodes } from './recovery-codes';
import { asPerson, clock, codeOf, consoleContext, countingHasher, makePerson, opened, PASSWORD, recorded, useConsoleDatabase, withTotp } from './testing';

useConsoleDatabase();

const MINUTE = 60_000;
const STEP = 30_000;
const of = (personId: string) => async (type: string) => (await recorded(type)).filter((event) => event.data.personId === personId).map((event) => event.data);

const replaced = (ctx: Context) => transaction(async (tx) => (await replaceRecoveryCodes(tx, ctx, (ctx.actor as { id: string }).id)).codes);

async function somebody(roles: Parameters<typeof makePerson>[0] = ['analyst']) {
  const time = clock();
  const person = await makePerson(roles);
  const factor = await withTotp(person, time);
  time.forward(STEP);
  const ctx = () => consoleContext({ now: time.now, ip: '192.0.2.7' });
  const first = async () => {
    const came = await signIn(ctx(), { email: person.email, password: PASSWORD });
    if (came.kind !== 'second_step') throw new Error('No second step was asked for.');
    return came.step;
  };
  return { time, person, factor, ctx, first, own: () => asPerson(person, { now: time.now }) };
}

describe('setting a one-time password up', () => {
  it('seals the secret with a key outside the database and asks for nothing before a first code', async () => {
    const time = clock();
    const person = await makePerson(['viewer']);
    const ctx = asPerson(person, { now: time.now });
    const { secret } = await enrolTotp(ctx, { proof: PASSWORD, issuer: 'Countersign' });
    const file = path.join(process.env.DATA_DIR!, 'keys', 'credential-wrapping.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = await prisma().totp.findUniqueOrThrow({ where: { personId: person.id } });
    expect(Buffer.from(kept.sealed).toString('latin1')).not.toContain(secret);
    expect(JSON.stringify(await prisma().totp.findMany(), (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(readFileSync(file, 'utf8').trim());
    await opened(signIn(consoleContext(), { email: person.email, password: PASSWORD }));
    expect((await ownFactors(ctx)).totp.kind).toBe('none');
    expect(await codeOf(transaction((tx) => verifyTotp(tx, ctx, person.id, '123456')))).toBe('forbidden');
    expect(await of(person.id)('person.totp_added')).toEqual([]);
  });

  it('counts by SHA-256 with an app that does, by SHA-1 with one that knows no other, and from then on by that alone', async () => {
    for (const [algorithm, other] of [['SHA256', 'SHA1'], ['SHA1', 'SHA256']] as const) {
      const time = clock();
      const person = await makePerson();
      const ctx = asPerson(person, { now: time.now });
      const { secret, uri } = await enrolTotp(ctx, { proof: PASSWORD, issuer: 'Countersign' });
      expect(new URL(uri).searchParams.get('algorithm')).toBe('SHA256');
      const code = (by: string) => new TOTP({ secret, algorithm: by }).generate({ timestamp: time.now().getTime() });
      await confirmTotp(ctx, { code: code(algorithm) });
      expect(await prisma().totp.findUniqueOrThrow({ where: { personId: person.id } })).toMatchObject({ algorithm });
      time.forward(STEP);
      expect(await codeOf(transaction((tx) => verifyTotp(tx, ctx, person.id, code(other))))).toBe('forbidden');
      expect(await codeOf(transaction((tx) => verifyTotp(tx, ctx, person.id, code(algorithm))))).toBe('fine');
      expect(await prisma().totp.findUniqueOrThrow({ where: { personId: person.id } })).toMatchObject({ algorithm });
    }
  });

  it('gives ten recovery codes with the first code, kept as hashes', async () => {
    const { person, factor, own } = await somebody();
    expect(factor.codes).toHaveLength(10);
    expect(new Set(factor.codes).size).toBe(10);
    for (const code of factor.codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){6}$/);
    const rows = JSON.stringify(await prisma().recoveryCode.findMany({ where: { personId: person.id } }));
    for (const code of factor.codes) expect(rows).not.toContain(code);
    expect(await ownFactors(own())).toMatchObject({ totp: { kind: 'on' }, recovery: { left: 10, made: 10 } });
    expect(await of(person.id)('person.totp_added')).toHaveLength(1);
    expect(await of(person.id)('person.recovery_codes_made')).toEqual([{ personId: person.id, count: 10 }]);
    expect(JSON.stringify([await recorded('person.totp_added'), await recorded('person.recovery_codes_made')])).not.toContain(factor.secret);
  });

  it('takes the password, the console and the person; a wrong first code turns nothing on', async () => {
    const time = clock();
    const person = await makePerson();
    const ctx = asPerson(person, { now: time.now });
    expect(await codeOf(enrolTotp(ctx, { proof: 'not the password', issuer: 'C' }))).toBe('invalid');
    expect(await codeOf(enrolTotp(asPerson(person, {}, { via: 'token' }), { proof: PASSWORD, issuer: 'C' }))).toBe('forbidden');
    expect(await codeOf(enrolTotp(asPerson(await makePerson([]), {}), { proof: PASSWORD, issuer: 'C' }))).toBe('forbidden');
    expect(await codeOf(enrolTotp(consoleContext(), { proof: PASSWORD, issuer: 'C' }))).toBe('forbidden');
    await enrolTotp(ctx, { proof: PASSWORD, issuer: 'C' });
    expect(await codeOf(confirmTotp(ctx, { code: '000000' }))).toBe('forbidden');
    expect((await ownFactors(ctx)).totp.kind).toBe('none');
  });

  it('is over after half an hour, and refused while there is one already', async () => {
    const { time, own, factor } = await somebody();
    expect(await codeOf(enrolTotp(own(), { proof: factor.code(), issuer: 'C' }))).toBe('conflict');
    const late = await makePerson();
    const ctx = asPerson(late, { now: time.now });
    await enrolTotp(ctx, { proof: PASSWORD, issuer: 'C' });
    time.forward(31 * MINUTE);
    expect(await codeOf(confirmTotp(ctx, { code: '000000' }))).toBe('conflict');
  });

  it('without a password takes a sign-in of the last quarter of an hour', async () => {
    const time = clock();
    const person = await makePerson(['analyst'], { password: false });
    const signInId = '018f0000-0000-7000-8000-00000000aaaa';
    await prisma().signIn.create({ data: { id: signInId, personId: person.id, createdAt: time.now(), lastSeenAt: time.now(), expiresAt: new Date(time.now().getTime() + 60 * MINUTE), method: 'oidc' } });
    const ctx = asPerson(person, { now: time.now }, { signInId });
    await enrolTotp(ctx, { proof: '', issuer: 'C' });
    time.forward(16 * MINUTE);
    expect(await codeOf(enrolTotp(ctx, { proof: '', issuer: 'C' }))).toBe('forbidden');
  });
});

describe('signing in with a second step', () => {
  it('opens by the code, and says so in the row and on the record', async () => {
    const { ctx, first, factor, person } = await somebody();
    const came = await finishSignIn(ctx(), { step: await first(), code: factor.code() });
    expect(await prisma().signIn.findUniqueOrThrow({ where: { id: came.signInId } })).toMatchObject({ method: 'password_totp', personId: person.id });
    expect((await of(person.id)('person.signed_in')).at(-1)).toMatchObject({ signInId: came.signInId, method: 'password_totp' });
  });

  it('opens nothing by the password alone, and asks for nothing before it is right', async () => {
    const { ctx, person } = await somebody();
    const before = await prisma().signIn.count({ where: { personId: person.id } });
    const came = await signIn(ctx(), { email: person.email, password: PASSWORD });
    expect(Object.keys(came).sort()).toEqual(['kind', 'step']);
    expect(await prisma().signIn.count({ where: { personId: person.id } })).toBe(before);
    const hasher = countingHasher();
    expect(await codeOf(signIn(ctx(), { email: person.email, password: 'not the password' }, hasher))).toBe('unauthenticated');
    expect(hasher.verified).toHaveLength(1);
  });

  it('takes no code twice, also when both come at once', async () => {
    const { ctx, first, factor, person } = await somebody();
    const code = factor.code();
    const steps = [await first(), await first()];
    const results = await Promise.all(steps.map((step) => finishSignIn(ctx(), { step, code }).then(() => 'in', (error: { code?: string; data?: { why?: string } }) => `${error.code} ${error.data?.why}`)));
    expect(results.sort()).toEqual(['in', 'unauthenticated used']);
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code }))).toBe('unauthenticated');
    expect((await of(person.id)('person.signed_in')).filter((event) => event.method === 'password_totp')).toHaveLength(1);
  });

  it('is bound to the password that was checked: once, for five minutes, while it is the password', async () => {
    const { ctx, first, factor, time, person } = await somebody();
    const step = await first();
    await finishSignIn(ctx(), { step, code: factor.code() });
    time.forward(STEP);
    expect(await codeOf(finishSignIn(ctx(), { step, code: factor.code() }))).toBe('conflict');
    const late = await first();
    time.forward(5 * MINUTE);
    expect(await codeOf(finishSignIn(ctx(), { step: late, code: factor.code() }))).toBe('conflict');
    const stale = await first();
    const changed = 'another lantern in the harbour';
    await changePassword(asPerson(person, { now: time.now }), { current: PASSWORD, password: changed, signInId: '00000000-0000-0000-0000-000000000000' });
    expect(await codeOf(finishSignIn(ctx(), { step: stale, code: factor.code() }))).toBe('conflict');
    for (const made of ['', 'x', 'A'.repeat(43), person.id]) expect(await codeOf(finishSignIn(ctx(), { step: made, code: factor.code() }))).toBe('conflict');
    expect(JSON.stringify(await prisma().secondStep.findMany())).not.toContain(step);
  });

  it('opens nothing for somebody who was deactivated between the two', async () => {
    const { ctx, first, factor, person } = await somebody();
    const step = await first();
    await deactivatePerson(asPerson(await makePerson(['admin'])), person.id);
    expect(await codeOf(finishSignIn(ctx(), { step, code: factor.code() }))).toBe('conflict');
  });

  it('cannot be guessed: five wrong codes lock it for all who hold the password, longer each time, and it is on the record', async () => {
    const { ctx, first, factor, time, person } = await somebody();
    const step = await first();
    for (let i = 0; i < 5; i++) expect(await codeOf(finishSignIn(ctx(), { step, code: '000000' }))).toBe('unauthenticated');
    expect(await codeOf(finishSignIn(ctx(), { step, code: factor.code() }))).toBe('rate_limited');
    // A fresh right password, a recovery code and a step-up are no way round.
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: factor.codes[0]! }))).toBe('rate_limited');
    expect(await codeOf(transaction((tx) => verifyTotp(tx, asPerson(person, { now: time.now }), person.id, factor.code())))).toBe('rate_limited');
    time.forward(61_000);
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: '000000' }))).toBe('unauthenticated');
    time.forward(61_000);
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: factor.code() }))).toBe('rate_limited');
    time.forward(60_000);
    await finishSignIn(ctx(), { step: await first(), code: factor.code() });
    const whys = (await recorded('person.sign_in_refused')).filter((event) => event.data.ip === '192.0.2.7').map((event) => event.data.why);
    expect(whys.filter((why) => why === 'second_factor').length).toBeGreaterThanOrEqual(6);
    expect(whys).toContain('locked');
  });

  it('counts thirty codes at once as thirty', async () => {
    const { ctx, first, time } = await somebody();
    const step = await first();
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => codeOf(finishSignIn(ctx(), { step, code: String(100_000 + i) }))));
    expect(results.filter((code) => code === 'unauthenticated').length).toBeLessThanOrEqual(5);
    expect(results.filter((code) => code === 'rate_limited').length).toBeGreaterThanOrEqual(25);
    expect(time.now()).toBeInstanceOf(Date);
  });

  it('says so, and lets a recovery code in, when the key is gone', async () => {
    const { ctx, first, factor } = await somebody();
    const file = path.join(process.env.DATA_DIR!, 'keys', 'credential-wrapping.key');
    unlinkSync(file);
    delete (globalThis as { __countersignCredentialKeys?: unknown }).__countersignCredentialKeys;
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: factor.code() }))).toBe('unavailable');
    expect((await finishSignIn(ctx(), { step: await first(), code: factor.codes[1]! })).kind).toBe('opened');
  });

  it('does not open a secret that was moved to another person', async () => {
    const [ada, mallory] = [await somebody(), await somebody()];
    const row = await prisma().totp.findUniqueOrThrow({ where: { personId: mallory.person.id } });
    await prisma().totp.update({ where: { personId: ada.person.id }, data: { sealed: row.sealed, keyId: row.keyId, lastStep: 0 } });
    expect(await codeOf(finishSignIn(ada.ctx(), { step: await ada.first(), code: mallory.factor.code() }))).toBe('unavailable');
  });
});

describe('recovery codes', () => {
  it('have 140 bits, every letter as likely as the next', async () => {
    const { own } = await somebody();
    const letters: string[] = [];
    for (let i = 0; i < 20; i++) letters.push(...(await replaced(own())).map((code) => code.replaceAll('-', '')));
    for (const code of letters) expect(code.length * 5).toBe(140);
    const counts = new Map<string, number>();
    for (const letter of letters.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    // 5,600 letters of 32, some 175 of each: further away than this is once in more than a million times.
    expect(counts.size).toBe(32);
    for (const count of counts.values()) expect(Math.abs(count - 175)).toBeLessThan(75);
  });

  it('of sixteen letters, made before, open as they did', async () => {
    const { ctx, first, person } = await somebody();
    const old = '3k7x-90qf-tt2m-w5cd';
    await prisma().recoveryCode.create({ data: { id: '018f0000-0000-7000-8000-00000000bbbb', personId: person.id, hash: hashSecret(`recovery code\0${person.id}\0${old.replaceAll('-', '')}`) } });
    expect((await finishSignIn(ctx(), { step: await first(), code: old.toUpperCase() })).kind).toBe('opened');
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: old }))).toBe('unauthenticated');
  });

  it('open once each, however typed, and say how many are left', async () => {
    const { ctx, first, factor, person, own } = await somebody();
    const code = factor.codes[3]!;
    const came = await finishSignIn(ctx(), { step: await first(), code: ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'O')} ` });
    expect(await prisma().signIn.findUniqueOrThrow({ where: { id: came.signInId } })).toMatchObject({ method: 'password_recovery' });
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code }))).toBe('unauthenticated');
    expect(await of(person.id)('person.recovery_code_used')).toEqual([{ personId: person.id, left: 9 }]);
    expect((await ownFactors(own())).recovery).toMatchObject({ left: 9, made: 10 });
  });

  it('of two who send the same one at once, let one in', async () => {
    const { ctx, first, factor, person } = await somebody();
    const steps = [await first(), await first(), await first()];
    const results = await Promise.all(steps.map((step) => codeOf(finishSignIn(ctx(), { step, code: factor.codes[0]! }))));
    expect(results.filter((code) => code === 'fine')).toHaveLength(1);
    expect(await of(person.id)('person.recovery_code_used')).toHaveLength(1);
  });

  it('are nobody else\'s', async () => {
    const [ada, grace] = [await somebody(), await somebody()];
    expect(await codeOf(finishSignIn(ada.ctx(), { step: await ada.first(), code: grace.factor.codes[0]! }))).toBe('unauthenticated');
  });

  it('are made anew by a code, and the old ones end', async () => {
    const { ctx, first, factor, own, time, person } = await somebody();
    expect(await codeOf(makeRecoveryCodes(own(), { proof: PASSWORD }))).toBe('forbidden');
    const { codes } = await makeRecoveryCodes(own(), { proof: factor.code() });
    expect(codes).toHaveLength(10);
    expect(codes.some((code) => factor.codes.includes(code))).toBe(false);
    time.forward(STEP);
    expect(await codeOf(finishSignIn(ctx(), { step: await first(), code: factor.codes[0]! }))).toBe('unauthenticated');
    await finishSignIn(ctx(), { step: await first(), code: codes[0]! });
    expect(await of(person.id)('person.recovery_codes_made')).toHaveLength(2);
  });
});

describe('removing a one-time password', () => {
  it('takes a code or a recovery code, and not the password', async () => {
    const one = await somebody();
    expect(await codeOf(removeTotp(one.own(), { proof: PASSWORD }))).toBe('forbidden');
    expect(await codeOf(removeTotp(one.own(), { proof: '000000' }))).toBe('forbidden');
    await removeTotp(one.own(), { proof: one.factor.code() });
    await opened(signIn(one.ctx(), { email: one.person.email, password: PASSWORD }));
    expect(await of(one.person.id)('person.totp_removed')).toHaveLength(1);
    const two = await somebody();
    await removeTotp(two.own(), { proof: two.factor.codes[9]! });
    expect(await of(two.person.id)('person.recovery_code_used')).toEqual([{ personId: two.person.id, left: 9 }]);
  });

  it('of somebody else takes an administrator, and nobody\'s own goes that way', async () => {
    const { person, ctx } = await somebody(['admin']);
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(resetTotp(asPerson(await makePerson([role])), person.id))).toBe('forbidden');
    expect(await codeOf(resetTotp(asPerson(person), person.id))).toBe('forbidden');
    const admin = await makePerson(['admin']);
    await resetTotp(asPerson(admin), person.id);
    await resetTotp(asPerson(admin), person.id);
    await opened(signIn(ctx(), { email: person.email, password: PASSWORD }));
    expect((await recorded('person.totp_removed')).filter((event) => event.data.personId === person.id)).toMatchObject([{ actor: { kind: 'person', id: admin.id } }]);
  });

  it('of somebody who lost their recovery codes too ends these, and the next one comes with new ones', async () => {
    const { person, factor, time } = await somebody();
    await resetTotp(asPerson(await makePerson(['admin'])), person.id);
    expect(await prisma().recoveryCode.count({ where: { personId: person.id } })).toBe(0);
    time.forward(STEP);
    const { codes } = await withTotp(person, time);
    expect(codes).toHaveLength(10);
    expect(codes).not.toContain(factor.codes[0]);
  });
});

describe('a step-up', () => {
  it('takes a code once, and a refusal counts although its transaction is rolled back', async () => {
    const { person, factor, own, time } = await somebody();
    await transaction((tx) => verifyTotp(tx, own(), person.id, factor.code()));
    expect(await codeOf(transaction((tx) => verifyTotp(tx, own(), person.id, factor.code())))).toBe('forbidden');
    for (let i = 0; i < 4; i++) expect(await codeOf(transaction((tx) => verifyTotp(tx, own(), person.id, '000000')))).toBe('forbidden');
    time.forward(STEP);
    expect(await codeOf(transaction((tx) => verifyTotp(tx, own(), person.id, factor.code())))).toBe('rate_limited');
  });
});

it('what is over is swept, and what is not stays', async () => {
  const { first, time } = await somebody();
  await first();
  await sweepAccess(consoleContext({ now: time.now }));
  const before = await prisma().secondStep.count();
  time.forward(25 * 60 * MINUTE);
  await sweepAccess(consoleContext({ now: time.now }));
  expect(before).toBeGreaterThan(0);
  expect(await prisma().secondStep.count({ where: { expiresAt: { lt: new Date(time.now().getTime() - 24 * 60 * MINUTE) } } })).toBe(0);
});
