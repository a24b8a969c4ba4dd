import NextAuth from 'next-auth';
import { authOptions } from '@/app/_session/auth-options';
import { isSameOrigin } from '@/app/_session/same-origin';
import { problem } from '@/app/api/_problem';
import { env } from '@/lib/env';
import { forbidden, notFound } from '@/lib/errors';

type Call = { params: Promise<{ nextauth: string[] }> };

/** What the console uses of next-auth; the rest of its pages and endpoints does not exist here. */
const open = { GET: ['csrf', 'session'], POST: ['callback/credentials', 'signout'] };

async function handle(method: keyof typeof open, request: Request, call: Call): Promise<Response> {
  const action = (await call.params).nextauth.join('/');
  if (!open[method].includes(action)) return problem(notFound('There is nothing at this address.'));
  if (method === 'POST' && !isSameOrigin(request.headers, env().publicUrl)) return problem(forbidden('This did not come from a page of this console.'));
  return NextAuth(request as never, call as never, authOptions()) as Promise<Response>;
}

export const GET = (request: Request, call: Call) => handle('GET', request, call);
export const POST = (request: Request, call: Call) => handle('POST', request, call);
