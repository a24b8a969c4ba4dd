import { expect, it } from 'vitest';
import { sameHost } from './same-host';

it.each([
  ['http://localhost:3000', 'localhost:3000', true],
  ['https://console.example.org', 'console.example.org', true],
  ['https://console.example.org', 'CONSOLE.example.org', true],
  ['http://evil.example', 'localhost:3000', false],
  ['http://localhost:3001', 'localhost:3000', false],
  ['null', 'localhost:3000', false],
  [undefined, 'localhost:3000', false],
  ['http://localhost:3000', undefined, false],
  ['http://localhost:3000@evil.example', 'localhost:3000', false],
])('%s at %s: %s', (origin, host, same) => expect(sameHost(origin, host)).toBe(same));
