import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationsOf, UNREADABLE } from './destinations';
import { readArguments } from './read-arguments';
import { shown } from './words';

describe('where a text leads', () => {
  it.each([
    ['ann@mail.example.co.uk', ['example.co.uk']],
    ['Ann <ann@Example.ORG>, bob@other.example.', ['example.org', 'other.example']],
    ['see https://user:pw@files.example.com:8443/a?b=c@d.example and http://10.0.0.1/x', ['example.com', 'd.example', '10.0.0.1']],
    ['http://[2001:db8::1]/', ['[2001:db8::1]']],
    ['two of one: a@x.example b@x.example', ['x.example']],
    ['ann@kunde.github.io', ['kunde.github.io']],
    ['hello @ann, 3 @ 4 euros, no address', []],
    ['ann@bücher.example', ['xn--bcher-kva.example']],
    // A Cyrillic letter makes another domain, and is told apart.
    ['ann@ex\u0430mple.org', ['xn--exmple-4nf.org']],
    ['ann@ex\u202eample.org', [UNREADABLE]],
  ])('of %j', (text, domains) => expect(destinationsOf(text)).toEqual(domains));

  it('holds nothing that could turn a sentence round, whatever was written', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('a@', 'https://', 'x@a.', '://u:p@'), (text, before) => {
      for (const domain of destinationsOf(`${before}${text}`)) expect(domain).toMatch(/^[\x20-\x7e]+$/);
    }), { numRuns: 100 });
    expect(destinationsOf(`a@${'\u202e'.repeat(20)}moc.live`)).toEqual([UNREADABLE]);
  });

  it('is found in time, whatever the text', () => {
    const slow = ['@', '://', '://a', 'a@', '://:@', '@a.', '@-', '://['].map((piece) => piece.repeat(40_000));
    fc.assert(fc.property(fc.oneof(fc.constantFrom(...slow), fc.array(fc.constantFrom('@', ':', '/', '//', '.', 'a', '-', '[', ' ', 'ü'), { minLength: 2_000, maxLength: 4_000 }).map((parts) => parts.join(''))), (text) => {
      // What a busy machine adds is no fault of ours: the processor's time, of the quickest of three.
      const took = [0, 1, 2].map(() => { const from = process.cpuUsage(); destinationsOf(text); const { user, system } = process.cpuUsage(from); return (user + system) / 1_000; });
      expect(Math.min(...took)).toBeLessThan(1_000);
    }), { numRuns: 40 });
  });

  it('never says more than a few', () => expect(destinationsOf(Array.from({ length: 500 }, (_, i) => `a@d${i}.example`).join(' '))).toHaveLength(32));
});

describe('what is read of arguments', () => {
  it('is each place once named, whatever the place in a list, with numbers wherever they are written', () => {
    expect(readArguments({ to: ['a@x.example', 'b@y.example'], amount: { amount: '12.50', currency: 'EUR' }, n: 3, ok: true, none: null })).toEqual({
      size: 11 + 11 + 5 + 3 + 1 + 4 + 4,
      leaves: [
        { path: '/to/*', at: '/to/0', kind: 'text', text: 'a@x.example', domains: ['x.example'] }, { path: '/to/*', at: '/to/1', kind: 'text', text: 'b@y.example', domains: ['y.example'] },
        { path: '/amount/amount', at: '/amount/amount', kind: 'text', text: '12.50', number: 12.5, domains: [] }, { path: '/amount/currency', at: '/amount/currency', kind: 'text', text: 'EUR', domains: [] },
        { path: '/n', at: '/n', kind: 'number', number: 3, domains: [] }, { path: '/ok', at: '/ok', kind: 'flag', text: 'true', domains: [] }, { path: '/none', at: '/none', kind: 'nothing', domains: [] },
      ],
    });
  });

  it('is bounded, and names no place that a database cannot keep', () => {
    fc.assert(fc.property(fc.object({ maxDepth: 6, key: fc.string({ unit: 'binary' }) }), (args) => {
      const { leaves } = readArguments(args);
      expect(leaves.length).toBeLessThanOrEqual(256);
      expect(leaves.filter(({ path, at = '' }) => path.length > 122 || at.length > 256 || /\0|\p{Cs}/u.test(path + at))).toEqual([]);
    }));
    expect(readArguments({ rows: Array.from({ length: 100_000 }, () => 'x') }).size).toBeLessThanOrEqual(5_000);
  });
});

it('shows what agents wrote in plain ASCII, cut in its middle', () => {
  expect(shown('/b\u202ecc')).toBe('/b\\u{202e}cc');
  expect(shown('x'.repeat(500))).toHaveLength(73);
});
