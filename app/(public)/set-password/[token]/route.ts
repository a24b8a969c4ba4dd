import { NextResponse } from 'next/server';
import { SETUP_COOKIE_S, setupCookie } from '@/app/_session/setup-cookie';
import { cookieOptions } from '@/app/_session/session-cookie';

/**
 * Takes the token out of the address at once: it goes into a cookie that scripts cannot read, and the browser to a page whose
 * address says nothing. So it stands in no history, no Referer and no log of what that page loads. Looking uses nothing up.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const { token } = await params;
  const answer = new NextResponse(null, { status: 303, headers: { location: '/set-password', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' } });
  const known = /^[A-Za-z0-9_-]{43}$/.test(token);
  answer.cookies.set(setupCookie(), known ? token : '', { ...cookieOptions(), maxAge: known ? SETUP_COOKIE_S : 0 });
  return answer;
}
