'use server';

import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { signOut } from '@/lib/access';
import { env } from '@/lib/env';
import { currentSession } from './current-actor';
import { isSameOrigin } from './same-origin';
import { cookieName, cookieOptions } from './session-cookie';

/** Ends the sign-in, then takes the cookie: a copy of it opens nothing either. */
export async function signOutAction(): Promise<void> {
  if (!isSameOrigin(await headers(), env().publicUrl)) return;
  const session = await currentSession();
  if (session) await signOut(session.ctx, session.signInId);
  (await cookies()).set(cookieName('session'), '', { ...cookieOptions(), maxAge: 0 });
  redirect('/sign-in');
}
