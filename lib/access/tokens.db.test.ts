import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { authorise, checkToken, createToken, issueLiveTicket, redeemLiveTicket, revokeSignIn, revokeToken, signIn, sweepAccess, type Verb } from '.';
import { asPerson, clock, consoleContext, hostContext, makePerson, opened, PASSWORD, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const codeOf = (attempt: Promise<unknown>) => attempt.then(() => 'fine', (error: unknown) => (error instanceof DomainError ? error.code : `unexpected ${String(error)}`));
const allowed = (actor: Parameters<typeof authorise>[0]['actor'], verb: Verb) => { try { authorise({ actor }, verb); return true; } catch { return false; } };

describe('a token', () => {
  it('speaks for its person, within its limit', async () => {
    const person = await makePerson(['responder']);
    const whole = await checkToken(consoleContext(), (await createToken(asPerson(person), { name: 'all' })).token);
    expect(whole).toMatchObject({ id: person.id, via: 'token', roles: ['responder'] });
    expect(allowed(whole, 'approval.decide')).toBe(true);
    const reading = await checkToken(consoleContext(), (await createToken(asPerson(person), { name: 'r', limit: 'read_only' })).token);
    expect([allowed(reading, 'approval.read'), allowed(reading, 'approval.deny'), allowed(reading, 'switch.engage.session')]).toEqual([true, false, false]);
    const stopping = await checkToken(consoleContext(), (await createToken(asPerson(person), { name: 's', limit: 'deny_and_stop' })).token);
    expect([allowed(stopping, 'approval.deny'), allowed(stopping, 'switch.engage.wide'), allowed(stopping, 'approval.decide'), allowed(stopping, 'switch.release')]).toEqual([true, true, false, false]);
  });

  it('is kept only as a hash, and recorded without it', async () => {
    const person = await makePerson();
    const { token, id } = await createToken(asPerson(person), { name: 'secret' });
    const everything = JSON.stringify([await prisma().apiToken.findMany(), await prisma().$queryRaw`SELECT body FROM log.event`]);
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(token.slice(9, 40));
    expect((await recorded('token.created')).filter((event) => event.data.tokenId === id)).toHaveLength(1);
  });

  it('is made by its person or on the host, never by another person or a token', async () => {
    const person = await makePerson();
    const admin = await makePerson(['admin']);
    expect((await checkToken(consoleContext(), (await createToken(hostContext(), { name: 'ci', email: person.email })).token)).id).toBe(person.id);
    expect(await codeOf(createToken(asPerson(admin), { name: 'x', email: person.email }))).toBe('forbidden');
    expect(await codeOf(createToken(asPerson(person, {}, { via: 'token' }), { name: 'x' }))).toBe('forbidden');
    expect(await codeOf(createToken(hostContext(), { name: 'x' }))).toBe('invalid');
    expect(await codeOf(createToken(hostContext(), { name: 'x', email: 'nobody@example.org' }))).toBe('not_found');
    expect(await codeOf(createToken(consoleContext(), { name: 'x', email: person.email }))).toBe('forbidden');
  });

  it('ends when revoked, by its time, and is refused for any other text', async () => {
    const time = clock();
    const person = await makePerson();
    const ctx = () => consoleContext({ now: time.now });
    const short = await createToken(asPerson(person, { now: time.now }), { name: 'day', expiresInDays: 1 });
    await checkToken(ctx(), short.token);
    time.forward(86_400_000);
    expect(await codeOf(checkToken(ctx(), short.token))).toBe('unauthenticated');
    const long = await createToken(asPerson(person), { name: 'long' });
    expect(await codeOf(revokeToken(asPerson(await makePerson(['author'])), long.id))).toBe('forbidden');
    await revokeToken(asPerson(person), long.id);
    await revokeToken(asPerson(person), long.id);
    expect(await codeOf(checkToken(ctx(), long.token))).toBe('unauthenticated');
    expect((await recorded('token.revoked')).filter((event) => event.data.tokenId === long.id)).toHaveLength(1);
    for (const text of ['', 'Bearer', `${long.token}x`, long.token.replace(/^csk_user/, 'csk_agent'), `${long.token.slice(0, -1)}${long.token.endsWith('a') ? 'b' : 'a'}`]) expect(await codeOf(checkToken(ctx(), text))).toBe('unauthenticated');
  });

  it('may ask only so fast, and is told how long to wait', async () => {
    const time = clock();
    const { token } = await createToken(asPerson(await makePerson()), { name: 'busy' });
    const ask = () => checkToken(consoleContext({ now: time.now }), token);
    for (let i = 0; i < 120; i++) await ask();
    const error = await ask().catch((e: unknown) => e as DomainError) as DomainError;
    expect(error.code).toBe('rate_limited');
    expect(error.retryAfterMs).toBeGreaterThan(0);
    time.forward(error.retryAfterMs!);
    await ask();
  });

  it('tells when it was last used, to the minute', async () => {
    const time = clock();
    const { token, id } = await createToken(asPerson(await makePerson()), { name: 'seen' });
    const lastUsed = async () => (await prisma().apiToken.findUniqueOrThrow({ where: { id } })).lastUsedAt?.getTime();
    await checkToken(consoleContext({ now: time.now }), token);
    const first = time.now().getTime();
    time.forward(30_000);
    await checkToken(consoleContext({ now: time.now }), token);
    expect(await lastUsed()).toBe(first);
    time.forward(31_000);
    await checkToken(consoleContext({ now: time.now }), token);
    expect(await lastUsed()).toBe(first + 61_000);
  });
});

describe('a ticket for the live connection', () => {
  const open = async (time = clock()) => {
    const person = await makePerson();
    const { signInId } = await opened(signIn(consoleContext({ now: time.now }), { email: person.email, password: PASSWORD }));
    return { person, time, signInId, ...(await issueLiveTicket(consoleContext({ now: time.now }), signInId)) };
  };

  it('lets one in of ten who present it at once', async () => {
    const { ticket, time, person } = await open();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => redeemLiveTicket(consoleContext({ now: time.now }), ticket)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(won[0]!.value.actor.id).toBe(person.id);
  });

  it('is good for sixty seconds, for a sign-in that still holds', async () => {
    const late = await open();
    late.time.forward(60_000);
    expect(await codeOf(redeemLiveTicket(consoleContext({ now: late.time.now }), late.ticket))).toBe('unauthenticated');
    const ended = await open();
    await revokeSignIn(asPerson(ended.person, { now: ended.time.now }), ended.signInId);
    expect(await codeOf(redeemLiveTicket(consoleContext({ now: ended.time.now }), ended.ticket))).toBe('unauthenticated');
    expect(await codeOf(issueLiveTicket(consoleContext({ now: ended.time.now }), ended.signInId))).toBe('unauthenticated');
  });

  it('is nothing else than a ticket', async () => {
    for (const ticket of [undefined, 5, '', {}, 'A'.repeat(43), ['x']]) expect(await codeOf(redeemLiveTicket(consoleContext(), ticket))).toBe('unauthenticated');
  });

  it('is swept away a day later', async () => {
    const { time, signInId } = await open();
    time.forward(60_000 + 86_400_001);
    await sweepAccess(consoleContext({ now: time.now }));
    expect(await prisma().liveTicket.count({ where: { signInId } })).toBe(0);
  });
});
