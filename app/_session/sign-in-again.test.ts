import { beforeEach, expect, it, vi } from 'vitest';
import NextAuth from 'next-auth';
import { encode } from 'next-auth/jwt';

const SECRET = 'k'.repeat(43);
vi.stubEnv('AUTH_SECRET', SECRET);
vi.stubEnv('PUBLIC_URL', 'http://localhost:3000');
vi.stubEnv('NEXTAUTH_URL', 'http://localhost:3000');

const live = vi.hoisted(() => new Set<string>());
vi.mock('@/lib/access', async (original) => ({
  ...(await original<object>()),
  signIn: async () => { live.add('new'); return { kind: 'opened', signInId: 'new', person: { id: 'ada' }, expiresAt: new Date(), deviceToken: 'd'.repeat(43) }; },
  checkSignIn: async (_ctx: unknown, id: string) => {
    if (!live.has(id)) throw new Error('over');
    return { signInId: id, actor: { kind: 'person', id: `person of ${id}`, name: 'A', email: 'a@example.org', roles: [], via: 'console' }, expiresAt: new Date() };
  },
  signOut: async ({ actor }: { actor: { id: string } }, id: string) => { if (actor.id === `person of ${id}`) live.delete(id); },
}));

beforeEach(() => { live.clear(); });

/** What next-auth itself does with a right password, in a browser that brings this session cookie along. */
async function signInWith(session: string | undefined) {
  const { authOptions } = await import('./auth-options');
  const { signInCall } = await import('./sign-in-call');
  const { cookieName } = await import('./session-cookie');
  const jar = new Map(session === undefined ? [] : [[cookieName('session'), session]]);
  const ask = async (method: string, action: string, body: object) => {
    let answer: unknown;
    const response = { status: () => response, setHeader: (name: string, value: unknown) => { if (/set-cookie/i.test(name)) for (const line of [value].flat() as string[]) { const [pair = ''] = line.split(';'); jar.set(pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))); } return response; }, getHeader: () => undefined, json: (value: unknown) => { answer = value; return response; }, send: (value: unknown) => { answer = value; return response; }, end: () => response };
    await NextAuth({ method, query: { nextauth: action.split('/') }, body, cookies: Object.fromEntries(jar), headers: { host: 'localhost:3000' } } as never, response as never, authOptions(signInCall({ get: () => null }, (name) => jar.get(name))));
    return answer as { csrfToken: string };
  };
  const { csrfToken } = await ask('GET', 'csrf', {});
  await ask('POST', 'callback/password', { csrfToken, email: 'ada@example.org', password: 'x', json: 'true' });
}

const cookieOf = (sid: string, secret = SECRET) => encode({ token: { sub: 'ada', sid }, secret, maxAge: 60 });

it('ends the sign-in that the browser’s cookie named, and no other', async () => {
  live.add('before').add('elsewhere');
  await signInWith(await cookieOf('before'));
  expect([...live].sort()).toEqual(['elsewhere', 'new']);
});

it('opens all the same without a cookie, with one of a sign-in that is over, and with a forged one, which ends nothing', async () => {
  live.add('before');
  for (const cookie of [undefined, await cookieOf('over'), await cookieOf('before', 'f'.repeat(43)), 'x']) {
    live.delete('new');
    await signInWith(cookie);
    expect([...live].sort(), String(cookie)).toEqual(['before', 'new']);
  }
});
