import { describe, expect, it } from 'vitest';
import { isSameOrigin } from './same-origin';

const ask = (headers: Record<string, string>, publicUrl = 'http://localhost:3000') => isSameOrigin(new Headers(headers), publicUrl);

describe('a request that changes something', () => {
  it.each([
    [{ host: 'localhost:3000', origin: 'http://localhost:3000' }],
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }],
    [{ host: '[::1]:3000', origin: 'http://[::1]:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host: 'inner:8080', origin: 'http://localhost:3000' }],
    [{ host: 'localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host: 'localhost:3000' }],
  ])('is taken from %j', (headers) => expect(ask(headers as never)).toBe(true));

  it.each([
    [{ host: 'localhost:3000', origin: 'https://evil.example' }],
    [{ host: 'localhost:3000', origin: 'null' }],
    [{ host: 'localhost:3000', origin: '' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3001' }],
    [{ host: 'localhost:3000', origin: 'https://localhost:3000' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000.evil.example' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000@evil.example' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000, https://evil.example' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }],
    [{ host: 'localhost:3000', 'sec-fetch-site': 'same-site' }],
    [{ host: 'localhost:3000', 'sec-fetch-site': 'none' }],
    [{ host: 'localhost:3000', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' }],
  ])('is refused from %j', (headers) => expect(ask(headers as never)).toBe(false));

  it('comes over https where that is the public face', () => {
    const https = 'https://console.example.org';
    expect(ask({ host: 'console.example.org', origin: https }, https)).toBe(true);
    expect(ask({ host: 'console.example.org', origin: 'http://console.example.org' }, https)).toBe(false);
    expect(ask({ host: 'evil.example', origin: 'http://evil.example' }, https)).toBe(false);
  });
});
