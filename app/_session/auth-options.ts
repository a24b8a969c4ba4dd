import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { checkSignIn, signIn, signOut } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { asDomainError } from '@/lib/errors';
import { env } from '@/lib/env';
import { authSecret } from './auth-secret';
import { callerOf } from './caller';
import { localPath } from './local-path';
import { reportFailure } from './report-failure';
import { cookieName, cookieOptions, isHttps } from './session-cookie';

const SEVEN_DAYS_S = 7 * 24 * 3_600;
const consoleContext = (extra: Partial<Omit<Context, 'actor'>> = {}) => makeContext({ kind: 'system', process: 'console' }, extra);

/** next-auth carries the cookie; who may in, and for how long, is decided by `lib/access` at every request. */
export function authOptions(): AuthOptions {
  // next-auth reads its own address from here alone.
  process.env.NEXTAUTH_URL ??= env().publicUrl;
  const cookie = (name: string) => ({ name: cookieName(name), options: cookieOptions() });
  return {
    secret: authSecret(),
    session: { strategy: 'jwt', maxAge: SEVEN_DAYS_S },
    useSecureCookies: isHttps(),
    cookies: { sessionToken: cookie('session'), callbackUrl: cookie('next'), csrfToken: cookie('csrf') },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    providers: [
      Credentials({
        name: 'password',
        credentials: { email: {}, password: {} },
        async authorize(credentials, request) {
          try {
            const sent = (request.headers ?? {}) as Record<string, string | undefined>;
            const caller = callerOf({ get: (name) => sent[name] ?? null });
            const { signInId, person } = await signIn(consoleContext(caller), { email: credentials?.email ?? '', password: credentials?.password ?? '' });
            return { id: person.id, signInId };
          } catch (error) {
            const known = asDomainError(error);
            if (known.code === 'unauthenticated') return null;
            reportFailure(error, 'sign-in');
            // Goes into an address line: a word, never a message.
            throw new Error('unavailable', { cause: error });
          }
        },
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        if (user) return { sub: user.id, sid: (user as { signInId?: string }).signInId };
        // Throws when the sign-in no longer holds; next-auth then takes the cookie away.
        await checkSignIn(consoleContext(), String(token.sid));
        return { sub: token.sub, sid: token.sid };
      },
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => new URL(localPath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url), baseUrl).href,
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid !== 'string') return;
        const { actor, signInId } = await checkSignIn(consoleContext(), token.sid);
        await signOut(makeContext(actor), signInId);
      },
    },
    // Its messages quote what came in. A refused cookie is no news; what failed here is reported where it failed.
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
}
