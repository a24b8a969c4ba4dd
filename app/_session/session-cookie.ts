import { decode } from 'next-auth/jwt';
import { env } from '@/lib/env';
import { authSecret } from './auth-secret';

export const isHttps = (): boolean => env().publicUrl.startsWith('https:');

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain: no sibling host can plant one. */
export const cookieName = (name: string, https = isHttps()): string => `${https ? '__Host-' : ''}countersign.${name}`;

export const cookieOptions = (https = isHttps()) => ({ httpOnly: true, sameSite: 'lax', path: '/', secure: https }) as const;

/** The sign-in that a session cookie names; undefined for none, a foreign or an old one. Says nothing about whether it still holds. */
export async function signInIdOf(cookie: string | undefined, secret = authSecret()): Promise<string | undefined> {
  if (!cookie || cookie.length > 4_096) return undefined;
  try {
    const token = await decode({ token: cookie, secret });
    return typeof token?.sid === 'string' ? token.sid : undefined;
  } catch {
    return undefined;
  }
}
