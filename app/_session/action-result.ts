import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { Context } from '@/lib/context';
import { env } from '@/lib/env';
import type { DomainErrorCode } from '@/lib/errors';
import type { Issue } from '@/lib/protocol/wire-error';
import { currentSession, type CurrentSession } from './current-actor';
import { expectedError } from './expected-error';
import { reportFailure } from './report-failure';
import { isSameOrigin } from './same-origin';

export type ActionError = { code: DomainErrorCode; message: string; issues?: Issue[]; retryAfterMs?: number; data?: Record<string, unknown> };
/** What a server action answers: expected failures are values that the form shows, never thrown. */
export type ActionResult<T> = { ok: true; value: T } | { ok: false; error: ActionError };

/** Runs a verb for the person who is signed in. Checks that one of our own pages asks, then who it is; the verb checks what they may. */
export async function runAction<T>(work: (ctx: Context, session: CurrentSession) => Promise<T>): Promise<ActionResult<T>> {
  // Next compares Origin with a forwarded host that a caller may name; ours doesn't believe it.
  if (!isSameOrigin(await headers(), env().publicUrl)) return { ok: false, error: { code: 'forbidden', message: 'This did not come from a page of this console, so nothing was done.' } };
  try {
    const session = await currentSession();
    if (!session) return { ok: false, error: { code: 'unauthenticated', message: 'You are no longer signed in. Nothing was done; sign in and try again.' } };
    return { ok: true, value: await work(session.ctx, session) };
  } catch (error) {
    // Redirects and not-found travel as exceptions.
    unstable_rethrow(error);
    return actionFailure(error);
  }
}

export function actionFailure(error: unknown): { ok: false; error: ActionError } {
  reportFailure(error, 'action');
  const { code, message, issues, retryAfterMs, data } = expectedError(error);
  return { ok: false, error: { code, message, ...(issues ? { issues } : {}), ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(data ? { data } : {}) } };
}
