import { currentSession } from '@/app/_session/current-actor';
import { isSameOrigin } from '@/app/_session/same-origin';
import { problem } from '@/app/api/_problem';
import { issueLiveTicket } from '@/lib/access';
import { env } from '@/lib/env';
import { forbidden, unauthenticated } from '@/lib/errors';

/** A ticket for the live connection of this browser: one use, sixty seconds. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request.headers, env().publicUrl)) return problem(forbidden('This did not come from a page of this console.'));
  try {
    const session = await currentSession();
    if (!session) throw unauthenticated('Sign in to go on.');
    return Response.json(await issueLiveTicket(session.ctx, session.signInId), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return problem(error);
  }
}
