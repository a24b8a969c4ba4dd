import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSeenPlaces } from './first-seen';
import { historyOf, noHistory } from './history';
import { makeBaseline } from './make-baseline';
import { readArguments } from './read-arguments';
import { summariseSession } from './summarise-session';

const DAY = 86_400_000;
const history = (to: (i: number) => string) => historyOf(JSON.parse(JSON.stringify(makeBaseline(Array.from({ length: 20 }, (_, i) =>
  summariseSession({ openedAtMs: i * DAY, endedAtMs: i * DAY + 1, calls: [{ tool: 'mail', atMs: 0, allowed: true, sent: 1, costE4: 0, args: { to: to(i), body: 'See https://docs.example/x' } }], results: [], said: 0 }))))));
const known = history(() => 'ann@customer.example');
const places = (args: Record<string, unknown>, of = known, inspection = {}) => firstSeenPlaces(of, 'mail', readArguments(args), ['ours.example'], inspection);

describe('where the agent never sent anything', () => {
  it('is a low finding with its place, a sentence, and the argument’s name for rules', () => {
    expect(places({ to: 'ann@customer.example, eve@evil.example', body: 'x' })).toEqual({
      findings: [{ detector: 'egress', kind: 'first_seen_destination', severity: 'low', score: 0.5, path: '/to', span: [22, 38] }],
      lines: [{ path: '/to', sentence: 'never sent anything to evil.example before (20 calls over 20 days)' }], names: ['to'],
    });
    expect(places({ body: 'Our price list is at https://evil.example/list as ever.' }).lines).toEqual([{ path: '/body', sentence: 'never named evil.example before (20 calls over 20 days)' }]);
    expect(places({ to: [{ address: 'eve@evil.example' }] })).toMatchObject({ names: ['to'], findings: [{ path: '/to/0/address' }] });
  });

  it('is none of the organisation’s own, none that any argument ever named, and nothing without a history', () => {
    for (const to of ['bob@ours.example', 'bob@mail.ours.example', 'x@docs.example', 'https://www.customer.example/', 'no address at all']) expect(places({ to })).toEqual({ findings: [], lines: [], names: [] });
    expect(places({ to: 'eve@evil.example' }, noHistory)).toEqual({ findings: [], lines: [], names: [] });
    expect(places({ to: 'eve@notours.example' }).names).toEqual(['to']);
  });

  it('is told to rules alone where new places are usual, and where the bundle hears nothing of it', () => {
    const crawler = history((i) => `a@site${i}.example`);
    expect(places({ to: 'eve@evil.example' }, crawler)).toEqual({ findings: [], lines: [], names: ['to'] });
    expect(places({ to: 'eve@evil.example' }, known, { egress: { on: true, flagAt: 0.7, blockAt: 1 } })).toEqual({ findings: [], lines: [], names: ['to'] });
  });

  it('is not hidden by long texts before it, nor slow for them', () => {
    const args = { body: `https://docs.example/ ${'a@'.repeat(500_000)}`, more: `${'https://docs.example/?x@y '.repeat(40_000)}`, to: 'eve@evil.example' };
    places(args);
    const from = process.cpuUsage();
    expect(places(args).names).toContain('to');
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1_000).toBeLessThan(100);
  });

  it('never throws and never says more than twenty, in plain signs', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((name) => `a@${name}.example`), fc.webUrl(), fc.emailAddress());
    fc.assert(fc.property(fc.dictionary(fc.oneof(fc.constantFrom('__proto__', 'constructor', 'to'), fc.string({ unit: 'binary' })), fc.oneof(text, fc.array(text, { maxLength: 40 })), { maxKeys: 6 }), (args) => {
      const { findings, lines } = places(args);
      expect(findings.length).toBeLessThanOrEqual(20);
      for (const { sentence } of lines) expect(sentence).toMatch(/^[\x20-\x7e…]+$/);
    }), { numRuns: 60 });
  });
});
