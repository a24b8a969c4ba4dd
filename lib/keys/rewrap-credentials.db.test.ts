import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyTotp } from '@/lib/access';
import { asPerson, clock, codeOf, makePerson, useConsoleDatabase, withTotp } from '@/lib/access/testing';
import { makeContext } from '@/lib/context';
import { prisma, transaction } from '@/lib/db';
import { FileKeys } from '@/lib/signing';
import { retireKey, rewrapKeys, rotateKey, sealedCredentials, type Holding } from '.';

useConsoleDatabase();

const host = makeContext({ kind: 'host', user: 'root' });
const holding = (): Holding => ({
  process: 'console', names: ['credential-wrapping'], lives: { tokenMs: 300_000, leaseMs: 15_000 }, needs: { 'credential-wrapping': sealedCredentials },
  keys: new FileKeys({ folder: path.join(process.env.DATA_DIR!, 'keys'), holds: [], secrets: ['credential-wrapping'] }),
});
const name = 'credential-wrapping';

async function somebody() {
  const time = clock();
  const person = await makePerson();
  const factor = await withTotp(person, time);
  return {
    person,
    /** Uses the next code, as signing in does. */
    use: () => { time.forward(30_000); return transaction((tx) => verifyTotp(tx, asPerson(person, { now: time.now }), person.id, factor.code())); },
  };
}
const keyOf = async (personId: string) => (await prisma().totp.findUniqueOrThrow({ where: { personId } })).keyId;

describe('an old credential-wrapping key', () => {
  it('ends once what it sealed was sealed anew, and every code goes on working', async () => {
    const people = [await somebody(), await somebody(), await somebody()];
    const damaged = await somebody();
    await prisma().totp.update({ where: { personId: damaged.person.id }, data: { sealed: Buffer.from('damaged'), keyId: 'gone' } });
    const { kid, previousKid } = await rotateKey(host, { name }, holding());
    await expect(retireKey(host, { name, now: true }, holding())).rejects.toThrow(/keys rewrap credential-wrapping/);
    await expect(retireKey(host, { name }, holding())).rejects.toThrow(/replicas that get their key files late/);
    expect(await codeOf(rewrapKeys(asPerson(people[0]!.person), { name }, holding()))).toBe('forbidden');
    expect(await rewrapKeys(host, { name }, holding())).toEqual({ name, rewrapped: 3, unopened: 1 });
    expect(await rewrapKeys(host, { name }, holding())).toEqual({ name, rewrapped: 0, unopened: 1 });
    for (const { person } of people) expect(await keyOf(person.id)).toBe(kid);
    expect(await keyOf(damaged.person.id)).toBe('gone');
    expect(await retireKey(host, { name, now: true }, holding())).toEqual({ name, kid: previousKid });
    for (const { use } of people) await use();
  });

  it('is left by people who use their codes at the same time, and none of them loses theirs', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, somebody));
    const { kid } = await rotateKey(host, { name }, holding());
    await Promise.all([rewrapKeys(host, { name }, holding()), ...people.map(({ use }) => use()), rewrapKeys(host, { name }, holding())]);
    for (const { person } of people) expect(await keyOf(person.id)).toBe(kid);
    await retireKey(host, { name, now: true }, holding());
    for (const { use } of people) await use();
  });
});
