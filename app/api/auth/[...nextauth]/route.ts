import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '@/app/_session/auth-options';
import { waysIn } from '@/app/_session/providers';
import { isSameOrigin } from '@/app/_session/same-origin';
import { signInCall } from '@/app/_session/sign-in-call';
import { problem } from '@/app/api/_problem';
import { env } from '@/lib/env';
import { forbidden, notFound } from '@/lib/errors';

type Call = { params: Promise<{ nextauth: string[] }> };

/** What the console uses of next-auth; the rest of its pages and endpoints does not exist here. */
const open = {
  GET: ['csrf', 'session', ...waysIn.flatMap(({ endpoints }) => endpoints.GET ?? [])],
  POST: ['signout', ...waysIn.flatMap(({ endpoints }) => endpoints.POST ?? [])],
};

async function handle(method: keyof typeof open, request: NextRequest, call: Call): Promise<Response> {
  const action = (await call.params).nextauth.join('/');
  if (!open[method].includes(action)) return problem(notFound('There is nothing at this address.'));
  if (method === 'POST' && !isSameOrigin(request.headers, env().publicUrl)) return problem(forbidden('This did not come from a page of this console.'));
  const asked = signInCall(request.headers, (name) => request.cookies.get(name)?.value);
  const serve = async () => (await NextAuth(request as never, call as never, authOptions(asked))) as Response;
  const way = waysIn.find(({ endpoints }) => endpoints[method]?.includes(action));
  const answer = way?.around ? await way.around(asked, request, action, serve) : await serve();
  for (const line of asked.lines()) answer.headers.append('set-cookie', line);
  return answer;
}

export const GET = (request: NextRequest, call: Call) => handle('GET', request, call);
export const POST = (request: NextRequest, call: Call) => handle('POST', request, call);
