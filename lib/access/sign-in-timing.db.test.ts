import { expect, it } from 'vitest';
import { compareTimes, tellsApart } from '@/lib/testing/compare-times';
import { signIn } from '.';
import { argon2id, NOBODYS_HASH, type PasswordHasher } from './passwords';
import { clock, codeOf, consoleContext, makePerson, useConsoleDatabase } from './testing';

useConsoleDatabase();

const HOUR = 3_600_000;

/** Signing in with a wrong password as somebody who is known and as nobody, an hour after the last time each, so that no lock comes between. */
async function bothKinds(hasher: PasswordHasher) {
  const time = clock();
  const known = (await makePerson()).email;
  // As long as the known one.
  const unknown = `${'0'.repeat(known.indexOf('@'))}@example.org`;
  const attempt = (email: string) => async () => {
    time.forward(2 * HOUR);
    expect(await codeOf(signIn(consoleContext({ now: time.now }), { email, password: 'not the right password' }, hasher))).toBe('unauthenticated');
  };
  const kinds = [attempt(known), attempt(unknown)] as const;
  await compareTimes({ pairs: 4, withinMs: 0 }, ...kinds);
  return kinds;
}

it('takes as long for somebody who is known as for nobody, compared by rank over as many pairs as fit into twelve seconds', { timeout: 90_000 }, async () => {
  const compared = await compareTimes({ pairs: 150, withinMs: 12_000 }, ...(await bothKinds(argon2id)));
  expect(tellsApart(compared), JSON.stringify(compared)).toBe(false);
});

it('and this would be seen if nobody cost no work', { timeout: 90_000 }, async () => {
  const hasty: PasswordHasher = { ...argon2id, verify: async (kept, password) => kept !== NOBODYS_HASH && argon2id.verify(kept, password) };
  const compared = await compareTimes({ pairs: 30, withinMs: 5_000 }, ...(await bothKinds(hasty)));
  expect(tellsApart(compared), JSON.stringify(compared)).toBe(true);
});
