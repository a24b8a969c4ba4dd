import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import NextAuth from 'next-auth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkSignIn, createPerson, deactivatePerson, setPassword } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { closePrisma } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';

const PASSWORD = 'violet harbour lantern 7';
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-auth-'));
const host = makeContext({ kind: 'host', user: 'root' });
const ctx = makeContext({ kind: 'system', process: 'console' });
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  process.env.DATA_DIR = dataDir;
});
afterAll(async () => {
  await closePrisma();
  await db.drop();
  rmSync(dataDir, { recursive: true });
});

type Answer = { status: number; body: Record<string, unknown>; location?: string; setCookies: string[] };

/** A browser that keeps cookies, in front of next-auth itself with our options. */
async function browser(publicUrl = 'http://localhost:3000') {
  vi.resetModules();
  vi.stubEnv('PUBLIC_URL', publicUrl);
  vi.stubEnv('NEXTAUTH_URL', publicUrl);
  const { authOptions } = await import('./auth-options');
  const { signInIdOf, cookieName } = await import('./session-cookie');
  const { signInCall } = await import('./sign-in-call');
  const jar = new Map<string, string>();

  async function ask(method: 'GET' | 'POST', action: string, body: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const answer: Answer = { status: 200, body: {}, setCookies: [] };
    const set = (name: string, value: unknown) => {
      if (name.toLowerCase() === 'location') answer.location = String(value);
      if (name.toLowerCase() === 'set-cookie') answer.setCookies = (Array.isArray(value) ? value : [value]) as string[];
    };
    const response = {
      status(code: number) { answer.status = code; return response; }, setHeader(name: string, value: unknown) { set(name, value); return response; },
      getHeader: (name: string) => (name.toLowerCase() === 'set-cookie' ? answer.setCookies : undefined),
      json(value: unknown) { answer.body = value as Record<string, unknown>; return response; }, send(value: unknown) { if (typeof value === 'object') answer.body = (value ?? {}) as Record<string, unknown>; return response; }, end() { return response; },
    };
    const call = signInCall({ get: (name) => headers[name] ?? null }, (name) => jar.get(name));
    await NextAuth({ method, query: { nextauth: action.split('/') }, body, cookies: Object.fromEntries(jar), headers: { host: new URL(publicUrl).host, ...headers } } as never, response as never, authOptions(call));
    answer.setCookies.push(...call.lines());
    for (const line of answer.setCookies) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = decodeURIComponent(pair.slice(at + 1));
      if (value === '' || /max-age=0/i.test(line)) jar.delete(pair.slice(0, at)); else jar.set(pair.slice(0, at), value);
    }
    return answer;
  }
  const signIn = async (email: string, password: string, callbackUrl = '/') => {
    const { csrfToken } = (await ask('GET', 'csrf')).body as { csrfToken: string };
    return ask('POST', 'callback/password', { csrfToken, email, password, callbackUrl, json: 'true' }, { 'x-forwarded-for': '203.0.113.9, 192.0.2.44', 'user-agent': 'Firefox\r\nX-Evil: 1' });
  };
  return { jar, ask, signIn, session: () => signInIdOf(jar.get(cookieName('session'))), cookieName };
}

async function person(roles: ('viewer' | 'analyst' | 'admin')[] = ['analyst']) {
  const made = await createPerson(host, { email: `p${Math.random().toString(36).slice(2)}@example.org`, name: 'Ada', roles });
  await setPassword(ctx, { token: made.link.path.replace('/set-password/', ''), password: PASSWORD });
  return made.person;
}

describe('signing in by next-auth', () => {
  it('gives a cookie that only carries the sign-in, sealed with a key that only this user can read', async () => {
    const ada = await person();
    const b = await browser();
    const answer = await b.signIn(ada.email, PASSWORD, '/approvals');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ url: 'http://localhost:3000/approvals' });
    const cookie = answer.setCookies.find((line) => line.startsWith('countersign.session='))!;
    expect(cookie).toMatch(/; HttpOnly/i);
    expect(cookie).toMatch(/; SameSite=Lax/i);
    expect(cookie).toMatch(/; Path=\//i);
    expect(cookie).not.toMatch(/Domain|Secure/i);
    expect(cookie).not.toContain(ada.email);
    const signInId = await b.session();
    expect((await checkSignIn(ctx, signInId!)).actor.id).toBe(ada.id);
    expect(statSync(path.join(dataDir, 'keys', 'auth.secret')).mode & 0o777).toBe(0o600);
    // The address is the gateway's, never the caller's claim.
    const { prisma } = await import('@/lib/db');
    expect(await prisma().signIn.findUnique({ where: { id: signInId! } })).toMatchObject({ ip: '192.0.2.44', userAgent: 'Firefox  X-Evil: 1' });
  });

  it('has __Host- cookies behind https', async () => {
    const ada = await person();
    const b = await browser('https://console.example.org');
    const lines = (await b.signIn(ada.email, PASSWORD)).setCookies;
    const cookie = lines.find((line) => line.startsWith('__Host-countersign.session='))!;
    for (const attribute of [/; HttpOnly/i, /; Secure/i, /; Path=\//i]) expect(cookie).toMatch(attribute);
    expect(cookie).not.toMatch(/Domain/i);
    for (const name of b.jar.keys()) expect(name).toMatch(/^__Host-countersign\./);
  });

  it('answers the same for a wrong password and for nobody', async () => {
    const ada = await person();
    const b = await browser();
    const wrong = await b.signIn(ada.email, 'not the password');
    const nobody = await b.signIn('nobody@example.org', PASSWORD);
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(nobody.body);
    expect(String(wrong.body.url)).toContain('error=CredentialsSignin');
    expect(await b.session()).toBeUndefined();
  });

  it('is refused without the CSRF token of this browser', async () => {
    const ada = await person();
    const victim = await browser();
    const attacker = await browser();
    const { csrfToken } = (await attacker.ask('GET', 'csrf')).body as { csrfToken: string };
    for (const token of ['', csrfToken]) {
      await victim.ask('POST', 'callback/password', { csrfToken: token, email: ada.email, password: PASSWORD, json: 'true' });
      expect(await victim.session()).toBeUndefined();
    }
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'http://localhost:3000.evil.example/', 'http://localhost:3000@evil.example/', 'javascript:alert(1)', '/\t/evil.example', '/x\r\nSet-Cookie: a=b'])('leads nowhere else: %j', async (callbackUrl) => {
    const ada = await person();
    const b = await browser();
    expect((await b.signIn(ada.email, PASSWORD, callbackUrl)).body.url).toBe('http://localhost:3000/');
  });

  it('gives another sign-in each time, whatever cookie was there before, and ends the one that it named', async () => {
    const [mallory, ada] = [await person(), await person()];
    const b = await browser();
    await b.signIn(mallory.email, PASSWORD);
    const planted = await b.session();
    await b.signIn(ada.email, PASSWORD);
    const own = await b.session();
    expect(own).not.toBe(planted);
    expect((await checkSignIn(ctx, own!)).actor.id).toBe(ada.id);
    await expect(checkSignIn(ctx, planted!)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('loses the cookie at the next look once the sign-in is over, and by signing out', async () => {
    const ada = await person();
    const b = await browser();
    await b.signIn(ada.email, PASSWORD);
    expect((await b.ask('GET', 'session')).body).toMatchObject({ expires: expect.any(String) });
    await deactivatePerson(host, ada.id);
    expect((await b.ask('GET', 'session')).body).toEqual({});
    expect(b.jar.has('countersign.session')).toBe(false);

    const grace = await person();
    const c = await browser();
    await c.signIn(grace.email, PASSWORD);
    const signInId = (await c.session())!;
    const { csrfToken } = (await c.ask('GET', 'csrf')).body as { csrfToken: string };
    await c.ask('POST', 'signout', { csrfToken, json: 'true' });
    expect(c.jar.has('countersign.session')).toBe(false);
    await expect(checkSignIn(ctx, signInId)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('does not take a cookie that was changed, made with another key, or is no cookie', async () => {
    const ada = await person();
    const b = await browser();
    await b.signIn(ada.email, PASSWORD);
    const { signInIdOf } = await import('./session-cookie');
    const cookie = b.jar.get('countersign.session')!;
    expect(await signInIdOf(cookie)).toBeDefined();
    expect(await signInIdOf(cookie, ['x'.repeat(43)])).toBeUndefined();
    const parts = cookie.split('.');
    parts[3] = `${parts[3]!.startsWith('A') ? 'B' : 'A'}${parts[3]!.slice(1)}`;
    for (const text of [parts.join('.'), '', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0.', 'x'.repeat(5_000)]) expect(await signInIdOf(text)).toBeUndefined();
  });
});
