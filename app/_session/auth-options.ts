import type { AuthOptions } from 'next-auth';
import { checkSignIn, signOut } from '@/lib/access';
import { LONGEST_SIGN_IN_HOURS } from '@/lib/access/rules';
import { makeContext } from '@/lib/context';
import { env } from '@/lib/env';
import { authSecrets } from './auth-secret';
import { localPath } from './local-path';
import { waysIn } from './providers';
import { sentCookies } from './providers/oidc';
import { cookieName, cookieOptions, decodeCookie, isHttps, signInIdOf } from './session-cookie';
import type { SignInCall } from './sign-in-call';

// As long as any sign-in may last: a shorter cookie would end some before their time. What ends them is the server.
const LONGEST_S = LONGEST_SIGN_IN_HOURS * 3_600;

/** For one request: next-auth carries the cookie; who may in, and for how long, is decided by `lib/access` at every request. */
export function authOptions(call: SignInCall): AuthOptions {
  // next-auth reads its own address from here alone.
  process.env.NEXTAUTH_URL ??= env().publicUrl;
  const cookie = (name: string) => ({ name: cookieName(name), options: cookieOptions() });
  return {
    secret: authSecrets()[0],
    jwt: { decode: ({ token }) => decodeCookie(token) },
    session: { strategy: 'jwt', maxAge: LONGEST_S },
    useSecureCookies: isHttps(),
    cookies: { sessionToken: cookie('session'), callbackUrl: cookie('next'), csrfToken: cookie('csrf'), state: cookie(sentCookies.state), pkceCodeVerifier: cookie(sentCookies.pkceCodeVerifier), nonce: cookie(sentCookies.nonce) },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    providers: waysIn.flatMap((way) => way.provider(call) ?? []),
    callbacks: {
      async jwt({ token, user }) {
        if (user) return { sub: user.id, sid: (user as { signInId?: string }).signInId };
        // Throws when the sign-in no longer holds; next-auth then takes the cookie away.
        await checkSignIn(call.ctx, String(token.sid));
        return { sub: token.sub, sid: token.sid };
      },
      // A link is no new sign-in: it leads on with the cookie that was there.
      signIn: ({ user }) => (user as { leadsTo?: string }).leadsTo ?? true,
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => new URL(localPath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url), baseUrl).href,
    },
    events: {
      /** A browser that signs in again leaves nothing open behind it. */
      async signIn({ user }) {
        const before = await signInIdOf(call.cookie('session'));
        if (before === undefined || before === (user as { signInId?: string }).signInId) return;
        const { actor } = await checkSignIn(call.ctx, before);
        await signOut(makeContext(actor), before);
      },
      async signOut({ token }) {
        if (typeof token?.sid !== 'string') return;
        const { actor, signInId } = await checkSignIn(call.ctx, token.sid);
        await signOut(makeContext(actor), signInId);
      },
    },
    // Its messages quote what came in. A refused cookie is no news; what failed here is reported where it failed.
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
}
