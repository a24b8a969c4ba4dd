import { describe, expect, it } from 'vitest';
import { GET } from './route';

const open = (token: string) => GET(new Request('http://localhost:3000/set-password/x'), { params: Promise.resolve({ token }) });

describe('opening a link to set a password', () => {
  it('moves the token from the address into a cookie that scripts cannot read', async () => {
    const token = 'A'.repeat(43);
    const answer = await open(token);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/set-password');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('set-cookie')).toMatch(new RegExp(`^countersign\\.setup=${token}; Path=/; Max-Age=900; HttpOnly; SameSite=Lax$`));
  });

  it('puts nothing else into a header', async () => {
    for (const token of ['', 'x', 'a\r\nSet-Cookie: b=c', `${'A'.repeat(43)}; Domain=evil.example`, '%0d%0aX: y', 'A'.repeat(44)]) {
      const answer = await open(token);
      expect(answer.headers.get('set-cookie')).toMatch(/^countersign\.setup=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/);
      expect([...answer.headers.keys()].sort()).toEqual(['cache-control', 'location', 'referrer-policy', 'set-cookie']);
    }
  });
});
