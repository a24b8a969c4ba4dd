import type { NextRequest } from 'next/server';
import { problem } from '@/app/api/_problem';
import { forbidden, unauthenticated } from '@/lib/errors';
import { currentSession, type CurrentSession } from './current-actor';

/** A page's own reading over plain HTTPS, for the person who is signed in. It changes nothing, so no origin is asked for; a cookie of another site's request is not sent along. */
export const personRequest = (read: (session: CurrentSession, request: NextRequest) => Promise<Response>) => async (request: NextRequest): Promise<Response> => {
  try {
    const session = await currentSession();
    if (!session) throw unauthenticated('Sign in to go on.');
    if (session.actor.confined) throw forbidden('A second factor is required of you first.');
    return await read(session, request);
  } catch (error) {
    return problem(error);
  }
};
