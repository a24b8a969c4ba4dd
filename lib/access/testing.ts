import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeContext, type Actor, type Context, type Role } from '@/lib/context';
import { closePools, closePrisma, prisma } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { confirmTotp, enrolTotp } from './enrol-totp';
import { personActor } from './internal';
import { userHandle } from './passkeys/begin-passkey';
import type { OpenedSignIn } from './open-sign-in';
import { argon2id, type PasswordHasher } from './passwords';
import type { SecondStepAsked } from './second-step';
import { relyingParty } from './step-up/relying-party';
import type { StepUpSubject } from './step-up/schema';
import { signIn } from './sign-in';

export const PASSWORD = 'violet harbour lantern 7';

/** A database for the file's tests, reached with the console's grants and no more. */
export function useConsoleDatabase(): void {
  let db: TestDatabase;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-access-'));
  beforeAll(async () => {
    db = await createTestDatabase();
    process.env.DATABASE_URL = db.urlAs('console');
    process.env.DATA_DIR = dataDir;
  });
  afterAll(async () => {
    await closePrisma();
    await closePools();
    await db.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });
}

/** A clock that only moves when told. */
export function clock(start = new Date('2026-03-02T09:00:00Z')) {
  let now = start.getTime();
  return { now: () => new Date(now), forward: (ms: number) => { now += ms; } };
}

export const consoleContext = (extra: Partial<Omit<Context, 'actor'>> = {}): Context => makeContext({ kind: 'system', process: 'console' }, extra);
export const hostContext = (extra: Partial<Omit<Context, 'actor'>> = {}): Context => makeContext({ kind: 'host', user: 'root' }, extra);

let kept: string | undefined;

/** A person straight into the table, who has been there for long, all with the same password, hashed once. */
export async function makePerson(roles: Role[] = ['analyst'], over: { email?: string; state?: string; password?: boolean } = {}) {
  kept ??= await argon2id.hash(PASSWORD);
  const id = newId();
  return prisma().person.create({ data: { id, email: over.email ?? `${id.slice(-12)}@example.org`, name: 'Ada', roles, state: over.state ?? 'active', createdAt: new Date('2026-01-01T00:00:00Z'), passwordHash: over.password === false ? null : kept } });
}

export const asPerson = (row: Awaited<ReturnType<typeof makePerson>>, extra: Partial<Omit<Context, 'actor'>> = {}, over: Partial<Extract<Actor, { kind: 'person' }>> = {}): Context =>
  makeContext({ ...personActor(row, 'console'), ...over }, extra);

/** The real thing, counting. */
export function countingHasher(): PasswordHasher & { verified: string[] } {
  const verified: string[] = [];
  return { ...argon2id, verified, verify: (hash, password) => { verified.push(hash); return argon2id.verify(hash, password); } };
}

/** Events of a type, oldest first, as they are on the record. */
export async function recorded(type: string): Promise<{ actor: { kind: string; id: string }; data: Record<string, unknown> }[]> {
  const rows = await prisma().$queryRaw<{ body: string }[]>`SELECT body FROM log.event WHERE type = ${type} ORDER BY seq`;
  return rows.map((row) => JSON.parse(row.body) as never);
}

/** Resolves once a transaction of this database waits for a row that another one holds. */
export const untilWaiting = () => expect.poll(async () => (await prisma().$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)[0]!.n, { timeout: 30_000 }).toBeGreaterThan(0);

/** The code of the expected error that an attempt met, or `fine`. */
export const codeOf = (attempt: Promise<unknown>): Promise<string> => attempt.then(() => 'fine', (error: unknown) => (error instanceof DomainError ? error.code : `unexpected ${String(error)}`));

/** A key of the person's, straight into the table. */
export async function makePasskey(personId: string, authenticator = new SoftwareAuthenticator(relyingParty().origin)) {
  const { rpId } = relyingParty();
  const { id: credentialId } = authenticator.register({ challenge: 'AA', rp: { id: rpId, name: 'Countersign' }, user: { id: userHandle(personId).toString('base64url'), name: 'ada', displayName: 'Ada' }, pubKeyCredParams: [] });
  const { publicKey } = authenticator.credentials.at(-1)!;
  const row = await keepPasskey(personId, credentialId, new Uint8Array(publicKey));
  return { authenticator, row };
}

/** A passkey as the database takes it: with its event. */
export const keepPasskey = (personId: string, credentialId: string, publicKey = new Uint8Array([1])) =>
  write(consoleContext(), async (tx) => {
    const row = await tx.passkey.create({ data: { id: newId(), personId, credentialId, publicKey, transports: ['internal'], name: 'Laptop' } });
    return { view: row, events: [organisationEvent('person.passkey_added', { personId, passkeyId: row.id, name: row.name })] };
  });

/** Something that a person could sign for. */
export const approvalToSign = (over: Partial<StepUpSubject> = {}): StepUpSubject => ({ purpose: 'approval.approve', objectId: newId(), digest: 'ab'.repeat(32), verdict: 'approve', ...over });

/** Why a step-up was refused; fails where it was not. */
export async function whyRefused(attempt: Promise<unknown>): Promise<unknown> {
  const error = await attempt.then(() => undefined, (e: unknown) => e);
  expect(error).toBeInstanceOf(DomainError);
  expect(error).toMatchObject({ code: 'step_up_required' });
  return (error as DomainError).data?.why;
}

/** The sign-in that a right password opened by itself. */
export async function opened(signingIn: Promise<OpenedSignIn | SecondStepAsked>): Promise<OpenedSignIn> {
  const came = await signingIn;
  if (came.kind !== 'opened') throw new Error('A second step was asked for.');
  return came;
}

/** A person in a browser: signs in for real, acts by that sign-in, and keeps the device cookie. */
export async function browserOf(row: Awaited<ReturnType<typeof makePerson>>, extra: Partial<Omit<Context, 'actor'>> = {}, deviceToken?: string) {
  const came = await opened(signIn(consoleContext(extra), { email: row.email, password: PASSWORD, deviceToken }));
  const ctx = asPerson(row, extra, { signInId: came.signInId });
  return { ...came, ctx, deviceId: (await prisma().signIn.findUniqueOrThrow({ where: { id: came.signInId } })).deviceId! };
}

/** Turns a one-time password on and gives its codes for any time of the clock. The first is used up by that. */
export async function withTotp(row: Awaited<ReturnType<typeof makePerson>>, time: ReturnType<typeof clock>) {
  const ctx = asPerson(row, { now: time.now });
  const { secret, uri } = await enrolTotp(ctx, { proof: PASSWORD, issuer: 'Countersign' });
  const code = (at = time.now()) => new TOTP({ secret }).generate({ timestamp: at.getTime() });
  const { codes } = await confirmTotp(ctx, { code: code() });
  return { secret, uri, code, codes: codes! };
}
