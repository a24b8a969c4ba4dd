import type { User } from 'next-auth';
import type { OpenedSignIn } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { callerOf } from './caller';
import { cookieName, isHttps } from './session-cookie';

const YEAR_S = 365 * 24 * 3_600;

/** One request to sign in: who asks, the cookies that came along, and those that the answer sets. */
export type SignInCall = {
  /** The console's, for nobody is known yet; with the address and browser of the other end. */
  ctx: Context;
  /** The value of one of our cookies, by its name without prefix. */
  cookie: (name: string) => string | undefined;
  /** Sets one of our cookies with the answer; no value takes it away. The value must be of base64url and dots. */
  keep: (name: string, value: string | undefined, maxAgeS?: number) => void;
  /** The Set-Cookie lines of what was kept. */
  lines: () => string[];
};

export function signInCall(headers: { get(name: string): string | null }, cookies: (name: string) => string | undefined): SignInCall {
  const kept = new Map<string, string>();
  return {
    ctx: makeContext({ kind: 'system', process: 'console' }, callerOf(headers)),
    cookie: (name) => cookies(cookieName(name)),
    keep: (name, value = '', maxAgeS = 0) => {
      if (!/^[\w.-]*$/.test(value)) throw new Error(`What ${name} keeps does not fit a cookie.`);
      kept.set(name, `${cookieName(name)}=${value}; Path=/; Max-Age=${value ? maxAgeS : 0}; HttpOnly; SameSite=Lax${isHttps() ? '; Secure' : ''}`);
    },
    lines: () => [...kept.values()],
  };
}

/** What the browser showed of the devices it was: hand it to `openSignIn`. */
export const deviceTokenOf = (call: SignInCall): string | undefined => call.cookie('device');

/** Ends every way in: the browser keeps its device, and next-auth learns which sign-in its cookie names. */
export function arrive(call: SignInCall, opened: OpenedSignIn): User & { signInId: string } {
  call.keep('device', opened.deviceToken, YEAR_S);
  return { id: opened.person.id, signInId: opened.signInId };
}
