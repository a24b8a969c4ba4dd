import { NextRequest } from 'next/server';
import { afterEach, describe, expect, it, vi } from 'vitest';

const load = async (publicUrl: string) => {
  vi.resetModules();
  vi.stubEnv('PUBLIC_URL', publicUrl);
  return (await import('@/proxy')).proxy;
};
afterEach(() => vi.unstubAllEnvs());

const http = 'http://localhost:3000';

describe('every answer', () => {
  it('has a policy with a nonce of its own, also told to the page', async () => {
    const proxy = await load(http);
    const [one, two] = [proxy(new NextRequest(`${http}/approvals`)), proxy(new NextRequest(`${http}/approvals`))];
    const nonceOf = (text: string) => /'nonce-([A-Za-z0-9+/=]{24})'/.exec(text)?.[1];
    const policy = one.headers.get('content-security-policy')!;
    expect(nonceOf(policy)).toBeDefined();
    expect(nonceOf(policy)).not.toBe(nonceOf(two.headers.get('content-security-policy')!));
    expect(one.headers.get('x-middleware-request-x-nonce')).toBe(nonceOf(policy));
    expect(one.headers.get('x-middleware-request-content-security-policy')).toBe(policy);
    for (const directive of ["script-src 'self' 'nonce-", "'strict-dynamic'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'", "img-src 'self' data:"]) expect(policy).toContain(directive);
    // Control's origin, exactly, and no other address.
    expect(policy).toContain("connect-src 'self' http://localhost:3001; ");
    expect(policy.replace(' http://localhost:3001;', ';')).not.toMatch(/unsafe|\*|https?:/);
  });

  it('does not take a nonce, a policy or a path from the caller', async () => {
    const proxy = await load(http);
    const answer = proxy(new NextRequest(`${http}/log?stream=a`, { headers: { 'x-nonce': 'known', 'content-security-policy': "script-src 'nonce-known'", 'x-countersign-path': '/evil' } }));
    expect(answer.headers.get('x-middleware-request-x-nonce')).not.toBe('known');
    expect(answer.headers.get('x-middleware-request-content-security-policy')).not.toContain('nonce-known');
    expect(answer.headers.get('x-middleware-request-x-countersign-path')).toBe('/log?stream=a');
  });

  it('cannot be sniffed, framed, or opened by others; HSTS goes out over https alone', async () => {
    const plain = (await load(http))(new NextRequest(`${http}/`)).headers;
    expect(Object.fromEntries(['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-opener-policy', 'cache-control', 'strict-transport-security'].map((name) => [name, plain.get(name)]))).toEqual({
      'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'cache-control': 'private, no-store', 'strict-transport-security': null,
    });
    const secure = (await load('https://console.example.org'))(new NextRequest('https://console.example.org/')).headers;
    expect(secure.get('strict-transport-security')).toContain('max-age=');
    expect(secure.get('content-security-policy')).toContain('upgrade-insecure-requests');
  });

  it('is data without any right to run when it comes from the API', async () => {
    const answer = (await load(http))(new NextRequest(`${http}/api/v1/agents`));
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  });
});

describe('a request that changes something', () => {
  const post = async (path: string, headers: Record<string, string>) => (await load(http))(new NextRequest(`${http}${path}`, { method: 'POST', headers: { host: 'localhost:3000', ...headers } }));
  it.each(['/', '/sign-in', '/approvals/1', '/api/auth/callback/password', '/api/live-ticket', '/api/v1x'])('to %s is refused from another origin', async (path) => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }, { 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' }]) {
      const answer = await post(path, headers as never);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'forbidden' });
    }
    expect((await post(path, { origin: http })).status).toBe(200);
  });
  it('to the REST interface is for the token to decide', async () => {
    expect((await post('/api/v1/switches', { origin: 'https://evil.example' })).status).toBe(200);
  });
});
