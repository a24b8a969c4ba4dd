import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breakers } from './breakers';

const rule = { failures: 3, withinMs: 1_000, openMs: 5_000 };
function failing(times: number[], breakers = new Breakers()): Breakers {
  for (const at of times) breakers.ended('k', rule, false, at);
  return breakers;
}

describe('a circuit breaker', () => {
  it('opens after so many failures within the time, and only then', () => {
    expect(failing([0, 10]).waitMs('k', rule, 20)).toBe(0);
    expect(failing([0, 10, 20]).waitMs('k', rule, 20)).toBe(5_000);
    expect(failing([0, 600, 1_200]).waitMs('k', rule, 1_200)).toBe(0);
    expect(failing([0, 10, 20]).waitMs('other', rule, 20)).toBe(0);
  });

  it('a success in between starts the count anew', () => {
    const breakers = failing([0, 10]);
    breakers.ended('k', rule, true, 15);
    expect(failing([20, 30], breakers).waitMs('k', rule, 30)).toBe(0);
  });

  it('lets one try when its time is over, and closes or opens by how that ends', () => {
    const breakers = failing([0, 1, 2]);
    expect(breakers.waitMs('k', rule, 5_001)).toBe(1);
    expect(breakers.waitMs('k', rule, 5_002)).toBe(0);
    breakers.tried('k', 5_002);
    expect(breakers.waitMs('k', rule, 5_003)).toBe(4_999);
    breakers.ended('k', rule, false, 5_100);
    expect(breakers.waitMs('k', rule, 5_101)).toBe(4_999);
    breakers.tried('k', 10_100);
    breakers.ended('k', rule, true, 10_200);
    expect(breakers.waitMs('k', rule, 10_201)).toBe(0);
  });

  it('lets another try where the first never came back', () => {
    const breakers = failing([0, 1, 2]);
    breakers.tried('k', 5_002);
    expect(breakers.waitMs('k', rule, 10_003)).toBe(0);
  });

  it('never keeps anybody waiting for longer than it stays open', () => {
    fc.assert(fc.property(fc.array(fc.record({ after: fc.nat(3_000), what: fc.constantFrom('ok', 'failed', 'tried') }), { maxLength: 60 }), (steps) => {
      const breakers = new Breakers();
      let now = 0;
      for (const { after, what } of steps) {
        now += after;
        if (what === 'tried') { if (breakers.waitMs('k', rule, now) === 0) breakers.tried('k', now); } else breakers.ended('k', rule, what === 'ok', now);
        expect(breakers.waitMs('k', rule, now)).toBeLessThanOrEqual(rule.openMs);
      }
    }));
  });
});
