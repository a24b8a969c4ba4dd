import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riskLevels, type Route } from '../schema';
import { mergeRoutes } from './merge-routes';

const route = (over: Partial<Route> = {}): Route => ({ groups: [{ role: 'responder', quorum: 1 }], decideByMs: 600_000, useByMs: 60_000, stepUp: true, reasonRequired: false, ownerCounts: true, risk: 'high', ...over });
const byCode = (routes: Record<string, Route>) => mergeRoutes(Object.keys(routes), routes).stepUpBy === 'passkey_or_totp';

describe('what a step-up takes under several routes', () => {
  it('is a passkey unless a route says otherwise, and says nothing of it then', () => {
    expect(mergeRoutes(['a'], { a: route() })).not.toHaveProperty('stepUpBy');
    expect(mergeRoutes(['a'], { a: route({ stepUpBy: 'passkey' }) })).not.toHaveProperty('stepUpBy');
    expect(byCode({ a: route({ stepUpBy: 'passkey_or_totp' }) })).toBe(true);
  });

  it('is the strictest of those that ask for one, and a passkey at critical risk, wherever that comes from', () => {
    const lenient = route({ stepUpBy: 'passkey_or_totp' });
    expect(byCode({ a: lenient, b: route() })).toBe(false);
    expect(byCode({ a: lenient, b: route({ stepUp: false }) })).toBe(true);
    expect(byCode({ a: lenient, b: route({ stepUp: false, risk: 'critical' }) })).toBe(false);
    expect(byCode({ a: route({ stepUpBy: 'passkey_or_totp', risk: 'critical' }) })).toBe(false);
    expect(byCode({ a: route({ stepUp: false, stepUpBy: 'passkey_or_totp' }) })).toBe(false);
  });

  it('never becomes less by another route', () => {
    const any = fc.record({ stepUp: fc.boolean(), stepUpBy: fc.constantFrom('passkey', 'passkey_or_totp', undefined), risk: fc.constantFrom(...riskLevels) })
      .map(({ stepUpBy, ...rest }) => route({ ...rest, ...(stepUpBy && { stepUpBy }) }));
    fc.assert(fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), any, (some, more) => {
      const named = (list: Route[]) => Object.fromEntries(list.map((one, index) => [`r${index}`, one]));
      const before = mergeRoutes(Object.keys(named(some)), named(some));
      const after = mergeRoutes(Object.keys(named([...some, more])), named([...some, more]));
      if (before.stepUp) expect(after.stepUp).toBe(true);
      if (before.stepUp && before.stepUpBy === undefined) expect(after.stepUpBy).toBeUndefined();
    }));
  });
});
