import { cookieName, isHttps } from './session-cookie';

const FIFTEEN_MINUTES_S = 15 * 60;

/** Where a link's token is kept between opening the link and setting the password. */
export const setupCookie = (): string => cookieName('setup');

/** The Set-Cookie line that keeps a well-formed token, or takes away what was kept. */
export function setupCookieLine(token: string): string {
  const known = /^[A-Za-z0-9_-]{43}$/.test(token);
  return `${setupCookie()}=${known ? token : ''}; Path=/; Max-Age=${known ? FIFTEEN_MINUTES_S : 0}; HttpOnly; SameSite=Lax${isHttps() ? '; Secure' : ''}`;
}
