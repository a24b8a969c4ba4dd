import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localPath } from './local-path';

describe('localPath', () => {
  it.each(['/', '/approvals', '/approvals?state=pending&x=%2F', '/sessions/0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b#s14', '/a/b//c', '/log?next=https://evil.example'])('keeps %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each([
    'https://evil.example', 'http:evil.example', '//evil.example', '///evil.example', '////evil.example/', '/\\evil.example', '\\/evil.example', '\\\\evil.example', '/\\/evil.example',
    '/\t/evil.example', '/\n/evil.example', '\t//evil.example', ' //evil.example', '/ /evil.example', '/%0d%0aSet-Cookie:a=b\r\nX: y', '/\r\nLocation: https://evil.example',
    'javascript:alert(1)', 'data:text/html,x', 'evil.example', '.evil.example', '@evil.example', '/..//evil.example', '/.//evil.example', '/a/..//evil.example', '/%2e%2e//evil.example', '\u00a0//evil.example', '/\u2028/evil.example', '//evil.example@console', 'https:/evil.example', 'https:///evil.example',
    '/sign-in', '/sign-in?next=/sign-in', '/set-password', '/SET-PASSWORD/abc', '/api/auth/signout', '/api', '', undefined, null, 7, ['/approvals'], `/${'x'.repeat(2_001)}`,
  ])('turns %j into /', (path) => {
    expect(localPath(path)).toBe('/');
  });

  it('never leads elsewhere, whatever is asked', () => {
    const bits = fc.array(fc.constantFrom('/', '\\', '.', '..', '%2f', '%5c', '%2e', '\t', '\n', '@', ':', 'https:', 'evil.example', '?', '#', ' ', 'a'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(fc.property(bits, (text) => {
      const url = new URL(localPath(`/${text}`), 'https://console.example');
      expect(url.origin).toBe('https://console.example');
      expect(localPath(text)).toMatch(/^\/(?!\/)/);
      expect(localPath(localPath(text))).toBe(localPath(text));
    }), { numRuns: 3_000 });
  });
});
