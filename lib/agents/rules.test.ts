import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveringCapability, parseGrant, scopeCovers } from './rules';

describe('scopeCovers', () => {
  it.each([
    ['assigned/*', 'assigned/4812', true],
    ['assigned/*', 'assigned/4812/notes', false],
    ['assigned/**', 'assigned/4812/notes', true],
    ['/srv/*/a.txt', '/srv/x/a.txt', true],
    ['/srv/*/a.txt', '/srv/x/y/a.txt', false],
    ['/srv/**/a*.txt', '/srv/x/y/abc.txt', true],
    ['/srv/**/a*.txt', '/srv/x/y/a/b.txt', false],
    ['*', 'a/b', false],
    ['*', '', true],
    ['a**z', 'a/b/cz', true],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
  ])('%s on %s: %s', (scope, resource, covered) => expect(scopeCovers(scope, resource)).toBe(covered));

  it('covers nothing but ** when the resource is missing, a number or a list', () => {
    for (const resource of [undefined, null, 7, ['assigned/1'], {}]) {
      expect(scopeCovers('*', resource)).toBe(false);
      expect(scopeCovers('**', resource)).toBe(true);
    }
  });

  it('agrees with a regular expression on any pattern and text', () => {
    const piece = fc.constantFrom('a', 'b', '/', '*', '**', '.', '-');
    const letter = fc.constantFrom('a', 'b', '/', '.', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(letter, { maxLength: 12 }), (pieces, letters) => {
        const pattern = pieces.join('').replace(/\*{3,}/g, '**');
        const text = letters.join('');
        const source = pattern.replace(/[.-]/g, '\\$&').replace(/\*\*/g, '\u0001').replace(/\*/g, '[^/]*').replace(/\u0001/g, '.*');
        return scopeCovers(pattern, text) === new RegExp(`^${source}$`, 's').test(text);
      }),
      { numRuns: 5_000 },
    );
  });
});

it('reads the command line form and says how it is written when it cannot', () => {
  expect(parseGrant('ticket_system:read,update:assigned/*')).toEqual({ toolset: 'ticket_system', operations: ['read', 'update'], scope: 'assigned/*' });
  expect(parseGrant('http:fetch:https://docs.example.org/**').scope).toBe('https://docs.example.org/**');
  expect(() => parseGrant('email:send')).toThrow(/toolset:operation/);
});

it('finds the covering capability by toolset, operation and scope alike', () => {
  const held = [{ type: 'tool' as const, tool: 'files', actions: ['read'], scope: '/srv/**' }];
  expect(coveringCapability(held, 'files', 'read', '/srv/a')).toBe(held[0]);
  expect(coveringCapability(held, 'files', 'write', '/srv/a')).toBeUndefined();
  expect(coveringCapability(held, 'email', 'read', '/srv/a')).toBeUndefined();
  expect(coveringCapability(held, 'files', 'read', '/etc/passwd')).toBeUndefined();
});
