import { decode, type JWT } from 'next-auth/jwt';
import { env } from '@/lib/env';
import { authSecrets } from './auth-secret';

export const isHttps = (): boolean => env().publicUrl.startsWith('https:');

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain: no sibling host can plant one. */
export const cookieName = (name: string, https = isHttps()): string => `${https ? '__Host-' : ''}countersign.${name}`;

export const cookieOptions = (https = isHttps()) => ({ httpOnly: true, sameSite: 'lax', path: '/', secure: https }) as const;

/** The sign-in that a session cookie names; undefined for none, a foreign or an old one. Says nothing about whether it still holds. */
export async function signInIdOf(cookie: string | undefined, secrets: readonly string[] = authSecrets()): Promise<string | undefined> {
  if (!cookie || cookie.length > 4_096) return undefined;
  const token = await decodeCookie(cookie, secrets);
  return typeof token?.sid === 'string' ? token.sid : undefined;
}

/** What a cookie says, if any of the live secrets sealed it. */
export async function decodeCookie(cookie: string | undefined, secrets: readonly string[] = authSecrets()): Promise<JWT | null> {
  for (const secret of secrets) {
    const token = await decode({ token: cookie, secret }).catch(() => null);
    if (token) return token;
  }
  return null;
}
