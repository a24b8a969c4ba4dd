import { NextResponse, type NextRequest } from 'next/server';
import { PATH_HEADER } from '@/app/_session/local-path';
import { isSameOrigin } from '@/app/_session/same-origin';
import { contentPolicy, securityHeaders } from '@/app/_session/security-headers';
import { problemDocument } from '@/app/api/_problem-document';
import { env } from '@/lib/env';
import { forbidden } from '@/lib/errors';

/** Before anything is rendered: headers that hold the browser to our own code, and the page's own address for the sign-in to come back to. */
export function proxy(request: NextRequest): Response {
  const https = env().publicUrl.startsWith('https:');
  const { pathname, search } = request.nextUrl;
  const isPage = !/^\/(api|_next)(\/|$)/.test(pathname);
  // One check for every form and action there is or will be. /api/v1 knows callers by their token and no cookie, so nobody can be made to call it.
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method) && !pathname.startsWith('/api/v1/') && !isSameOrigin(request.headers, env().publicUrl)) {
    return problemDocument(forbidden('This did not come from a page of this console, so nothing was done.'));
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64');
  const policy = contentPolicy(isPage ? { kind: 'page', nonce, https, dev: process.env.NODE_ENV === 'development', controlOrigin: new URL(env().controlPublicUrl).origin } : { kind: 'data' });

  const headers = new Headers(request.headers);
  // Next puts the nonce of this header on the scripts it writes. Set here whatever came in: a caller's own would be one that an attacker knows.
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  headers.set(PATH_HEADER, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of securityHeaders({ https })) response.headers.set(name, value);
  // What a signed-in person saw is in no cache, nor behind the Back button after signing out.
  if (isPage) response.headers.set('cache-control', 'private, no-store');
  return response;
}

export const config = {
  // Built files have hashed names and no secrets; they keep their own caching.
  matcher: ['/((?!_next/static/|_next/image).*)'],
};
