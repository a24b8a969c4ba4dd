'use server';

import { cookies, headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import { callerOf } from '@/app/_session/caller';
import { expectedError } from '@/app/_session/expected-error';
import { reportFailure } from '@/app/_session/report-failure';
import { isSameOrigin } from '@/app/_session/same-origin';
import { cookieOptions } from '@/app/_session/session-cookie';
import { setupCookie } from '@/app/_session/setup-cookie';
import type { SetPasswordOutcome } from '@/components/access/set-password-form';
import { setPassword } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { env } from '@/lib/env';

/** Sets the password by the link that this browser opened; the link itself is the only proof that is asked. */
export async function setPasswordAction(_before: SetPasswordOutcome, form: FormData): Promise<SetPasswordOutcome> {
  const [asked, jar] = [await headers(), await cookies()];
  if (!isSameOrigin(asked, env().publicUrl)) return { kind: 'failed', message: 'This did not come from a page of this console, so nothing was done.' };
  const token = jar.get(setupCookie())?.value ?? '';
  const password = form.get('password');
  try {
    await setPassword(makeContext({ kind: 'system', process: 'console' }, callerOf(asked)), { token, password: typeof password === 'string' ? password : '' });
  } catch (error) {
    unstable_rethrow(error);
    reportFailure(error, 'set-password');
    const known = expectedError(error);
    return { kind: known.code === 'invalid' ? 'wrong' : 'failed', message: known.message };
  }
  jar.set(setupCookie(), '', { ...cookieOptions(), maxAge: 0 });
  redirect('/sign-in?done=password');
}
