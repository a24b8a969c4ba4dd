import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import NextAuth from 'next-auth';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkSignIn, confirmTotp, createPerson, deactivatePerson, enrolTotp, setPassword, signIn } from '@/lib/access';
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

  // What a header could be split or ended by, in every field that a caller fills.
  it.each(['\r\nSet-Cookie: evil=1', '\nLocation: https://evil.example', '"; Domain=evil.example; evil="1', "'; evil=1", '\u0000evil=1', '%0d%0aSet-Cookie: evil=1', '\u560d\u560aSet-Cookie: evil=1'])('writes nothing of a caller into its headers: %j', async (evil) => {
    const ada = await person();
    const b = await browser();
    const { csrfToken } = (await b.ask('GET', 'csrf')).body as { csrfToken: string };
    const headers = { 'user-agent': `Firefox${evil}`, 'x-forwarded-for': `192.0.2.44${evil}` };
    const post = (fields: Record<string, string>) => b.ask('POST', 'callback/password', { csrfToken, email: ada.email, password: PASSWORD, callbackUrl: '/', json: 'true', ...fields }, headers);
    for (const answer of [await post({ email: `${ada.email}${evil}` }), await post({ password: `${PASSWORD}${evil}` }), await post({ csrfToken: `${csrfToken}${evil}` }), await post({ callbackUrl: `/approvals${evil}` }), await post({})]) {
      for (const line of [...answer.setCookies, answer.location ?? '']) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f"]/);
        // Only the names and attributes that are ours, so that nothing of it is one of its own.
        for (const part of line.split('; ').slice(1)) expect(part).toMatch(/^(Path=\/|HttpOnly|SameSite=Lax|Max-Age=\d+|Expires=\w{3}, [\w :]+ GMT)$/i);
        if (line) expect(line).toMatch(/^countersign\.(session|next|csrf|device|step)=[\w.%~!*()-]*(;|$)/);
      }
      expect(new URL(String(answer.body.url ?? answer.location)).origin).toBe('http://localhost:3000');
    }
    // It came in all the same, by the right fields, and the history shows its browser as a line of text.
    const { prisma } = await import('@/lib/db');
    const row = await prisma().signIn.findUniqueOrThrow({ where: { id: (await b.session())! } });
    expect(row.userAgent).toMatch(/^Firefox[\x20-\x7e]*$/);
    expect(row.ip).toBeNull();
  });

  it('says in a word of its own that a password is too long, and tries nothing', async () => {
    const ada = await person();
    const b = await browser();
    expect(String((await b.signIn(ada.email, PASSWORD.padEnd(257, ' '))).body.url)).toContain('error=password_too_long');
    expect(String((await b.signIn('nobody@example.org', 'x'.repeat(257))).body.url)).toContain('error=password_too_long');
    expect(await b.session()).toBeUndefined();
  });

  it('keeps the cookie as long as an administrator may let a sign-in last, and the server ends it sooner', async () => {
    const { settings } = await import('@/lib/access');
    const longest = [...Array(800).keys()].filter((hours) => settings.sign_in_absolute_hours.schema.safeParse(hours).success).at(-1)!;
    const ada = await person();
    const b = await browser();
    const line = (await b.signIn(ada.email, PASSWORD)).setCookies.find((one) => one.startsWith('countersign.session='))!;
    const lasts = new Date(/Expires=([^;]+)/i.exec(line)![1]!).getTime() - Date.now();
    expect(Math.abs(lasts - longest * 3_600_000)).toBeLessThan(60_000);
    // What is sealed inside ends with it.
    const { decodeCookie } = await import('./session-cookie');
    const token = (await decodeCookie(b.jar.get('countersign.session')))!;
    expect(Math.abs(Number(token.exp) * 1_000 - Date.now() - longest * 3_600_000)).toBeLessThan(60_000);
    expect((await checkSignIn(ctx, (await b.session())!)).expiresAt.getTime()).toBeLessThan(Date.now() + settings.sign_in_absolute_hours.default * 3_600_000 + 60_000);
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

describe('the second step by next-auth', () => {
  /** Somebody with a one-time password, and codes of theirs that were not used. */
  async function withCodes() {
    const row = await person();
    const { signInId } = (await signIn(ctx, { email: row.email, password: PASSWORD })) as { signInId: string };
    const own = makeContext((await checkSignIn(ctx, signInId)).actor);
    const { secret } = await enrolTotp(own, { proof: PASSWORD, issuer: 'Countersign' });
    const { codes } = await confirmTotp(own, { code: new TOTP({ secret }).generate() });
    return { email: row.email, id: row.id, codes: codes! };
  }
  const step = 'countersign.step';
  const finish = async (b: Awaited<ReturnType<typeof browser>>, code: string) => {
    const { csrfToken } = (await b.ask('GET', 'csrf')).body as { csrfToken: string };
    return b.ask('POST', 'callback/second-step', { csrfToken, code, callbackUrl: '/', json: 'true' });
  };

  it('opens no session by the password, and leaves a proof that scripts cannot read, for five minutes', async () => {
    const ada = await withCodes();
    const b = await browser();
    const answer = await b.signIn(ada.email, PASSWORD);
    expect(String(answer.body.url)).toContain('error=second_step');
    expect(await b.session()).toBeUndefined();
    const line = answer.setCookies.find((one) => one.startsWith(`${step}=`))!;
    for (const attribute of [/; HttpOnly/, /; SameSite=Lax/, /; Path=\//, /; Max-Age=300(;|$)/]) expect(line).toMatch(attribute);
    expect(line).not.toContain(ada.email);
    expect((await finish(b, ada.codes[0]!)).status).toBe(200);
    expect((await checkSignIn(ctx, (await b.session())!)).actor.id).toBe(ada.id);
    expect(b.jar.has(step)).toBe(false);
  });

  it('is good once, in the browser that has it, and for nobody else’s code', async () => {
    const [ada, mallory] = [await withCodes(), await withCodes()];
    const [hers, his] = [await browser(), await browser()];
    await hers.signIn(ada.email, PASSWORD);
    const proof = hers.jar.get(step)!;
    // Without it, with a made one and with a changed one the right code opens nothing.
    for (const made of [undefined, 'A'.repeat(43), `${proof.slice(0, -1)}${proof.endsWith('A') ? 'B' : 'A'}`, `${proof}A`]) {
      if (made === undefined) his.jar.delete(step); else his.jar.set(step, made);
      expect(String((await finish(his, ada.codes[0]!)).body.url)).toContain('error=second_step_over');
      expect(await his.session()).toBeUndefined();
    }
    // Planted in somebody else's browser it does not become their sign-in: their own code is another one.
    his.jar.set(step, proof);
    expect((await finish(his, mallory.codes[0]!)).status).toBe(401);
    expect(await his.session()).toBeUndefined();
    expect((await finish(hers, ada.codes[0]!)).status).toBe(200);
    his.jar.set(step, proof);
    expect(String((await finish(his, ada.codes[1]!)).body.url)).toContain('error=second_step_over');
    expect(await his.session()).toBeUndefined();
  });

  it('gives a session of its own, whatever was in the browser before, and ends that one', async () => {
    const [ada, mallory] = [await withCodes(), await person()];
    const b = await browser();
    await b.signIn(mallory.email, PASSWORD);
    const planted = (await b.session())!;
    await b.signIn(ada.email, PASSWORD);
    expect(await b.session()).toBe(planted);
    await finish(b, ada.codes[0]!);
    const own = (await b.session())!;
    expect(own).not.toBe(planted);
    expect((await checkSignIn(ctx, own)).actor.id).toBe(ada.id);
    await expect(checkSignIn(ctx, planted)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
