import { setupCookieLine } from '@/app/_session/setup-cookie';

/**
 * Takes the token out of the address at once: it goes into a cookie that scripts cannot read, and the browser to a page whose
 * address says nothing. So it stands in no history, no Referer and no log of what that page loads. Looking uses nothing up.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const { token } = await params;
  return new Response(null, { status: 303, headers: { location: '/set-password', 'set-cookie': setupCookieLine(token), 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' } });
}
