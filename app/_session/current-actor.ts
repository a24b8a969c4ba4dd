import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { checkSignIn } from '@/lib/access';
import { makeContext, type Actor, type Context } from '@/lib/context';
import { DomainError } from '@/lib/errors';
import { callerOf } from './caller';
import { localPath, PATH_HEADER } from './local-path';
import { cookieName, signInIdOf } from './session-cookie';

export type CurrentSession = { signInId: string; actor: Extract<Actor, { kind: 'person' }>; expiresAt: Date; ctx: Context };

/** Who is signed in at this request, checked against the database once; undefined for nobody. Throws when that cannot be known. */
export const currentSession = cache(async (): Promise<CurrentSession | undefined> => {
  const signInId = await signInIdOf((await cookies()).get(cookieName('session'))?.value);
  if (!signInId) return undefined;
  const caller = callerOf(await headers());
  try {
    const held = await checkSignIn(makeContext({ kind: 'system', process: 'console' }, caller), signInId);
    return { ...held, ctx: makeContext(held.actor, caller) };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
});

/**
 * The session of a page that only signed-in people see; anybody else is sent to sign in and back here afterwards. Whoever owes a second
 * factor is sent to see to it; `confined: true` is for the pages that stay open to them: that one, and those that stop.
 */
export async function requireSession({ confined = false }: { confined?: boolean } = {}): Promise<CurrentSession> {
  const session = await currentSession();
  if (session && (confined || !session.actor.confined)) return session;
  const here = localPath((await headers()).get(PATH_HEADER));
  const where = session ? '/second-factor' : '/sign-in';
  redirect(here === '/' ? where : `${where}?next=${encodeURIComponent(here)}`);
}
