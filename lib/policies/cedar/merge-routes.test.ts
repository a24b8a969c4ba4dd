import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stillNeeded, type Holds, type Signature } from '@/lib/quorum';
import { riskLevels, type ApproverGroup, type Route } from '../schema';
import { groupKey, tiersOf } from '../tiers';
import { mergeRoutes } from './merge-routes';

const route = (over: Partial<Route> = {}): Route => ({ groups: [{ role: 'responder', quorum: 1 }], decideByMs: 600_000, useByMs: 60_000, stepUp: true, reasonRequired: false, ownerCounts: true, risk: 'high', ...over });
const byCode = (routes: Record<string, Route>) => mergeRoutes(Object.keys(routes), routes).stepUpBy === 'passkey_or_totp';

it('lets an approval be used no longer than its row can say', () => {
  expect(mergeRoutes(['a'], { a: route({ useByMs: 30 * 24 * 3_600_000 }) }).useByMs).toBe(2 ** 31 - 1);
  expect(mergeRoutes(['a'], { a: route({ useByMs: 60_000 }) }).useByMs).toBe(60_000);
});

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

describe('who stands in for whom under several routes', () => {
  const minutes = (n: number) => n * 60_000;
  const tier = (role: string, afterMs?: number) => ({ groups: [{ role, quorum: 1 }], ...(afterMs !== undefined && { afterMs }) });

  it('begins at half of the time, and divides the rest evenly', () => {
    const at = (tiers: Route['escalation']) => tiersOf(route({ escalation: tiers! }), minutes(60)).map(({ afterMs }) => afterMs / 60_000);
    expect(at([tier('a')])).toEqual([30]);
    expect(at([tier('a'), tier('b')])).toEqual([30, 45]);
    expect(at([tier('a'), tier('b'), tier('c')])).toEqual([30, 40, 50]);
    expect(at([tier('a', minutes(5)), tier('b')])).toEqual([5, 45]);
    // What would come before the tier below it, or after the end, doesn't.
    expect(at([tier('a', minutes(50)), tier('b')])).toEqual([50, 50]);
    expect(at([tier('a', minutes(90))])).toEqual([30]);
  });

  it('reads the older way as one tier', () => {
    expect(mergeRoutes(['a'], { a: route({ escalateTo: [{ role: 'admin', quorum: 1 }] }) }).escalation).toEqual([{ afterMs: 300_000, groups: [{ role: 'admin', quorum: 1 }], notify: [] }]);
    expect(mergeRoutes(['a'], { a: route({ escalateTo: [{ role: 'admin', quorum: 1 }], escalateAfterMs: 9_000 }) }).escalation[0]).toMatchObject({ afterMs: 9_000 });
    expect(mergeRoutes(['a'], { a: route({ escalateAfterMs: 9_000 }) }).escalation).toEqual([]);
  });

  it('keeps asking those of a route that does not escalate, beside those who stand in for the other', () => {
    const merged = mergeRoutes(['a', 'b'], { a: route({ groups: [{ role: 'analyst', quorum: 1 }], escalation: [tier('admin')] }), b: route({ groups: [{ team: 'payments', quorum: 2 }] }) });
    expect(merged.escalation).toEqual([{ afterMs: 300_000, groups: [{ role: 'admin', quorum: 1 }, { team: 'payments', quorum: 2 }], notify: [] }]);
  });

  it('never lets anything pass that one of the routes alone would not let pass at that moment', () => {
    const holds: Holds = (one, group) => (group.role !== undefined ? one.roles.includes(group.role) : one.teams.includes(group.team ?? ''));
    const group: fc.Arbitrary<ApproverGroup> = fc.oneof(fc.record({ role: fc.constantFrom('x', 'y'), quorum: fc.integer({ min: 1, max: 2 }) }), fc.record({ team: fc.constantFrom('n', 'm'), quorum: fc.integer({ min: 1, max: 2 }) }));
    const groups = fc.uniqueArray(group, { minLength: 1, maxLength: 2, selector: groupKey });
    const any = fc.record({ groups, decideByMs: fc.integer({ min: 10, max: 40 }), escalation: fc.array(fc.record({ groups, afterMs: fc.integer({ min: 1, max: 40 }) }), { maxLength: 2 }) }).map(route);
    const signers = fc.tuple(...['ada', 'bob', 'cleo', 'dan'].map((personId) => fc.record({ personId: fc.constant(personId), roles: fc.subarray(['x', 'y']), teams: fc.subarray(['n', 'm']) })))
      .chain((all) => fc.subarray<Signature>(all));
    const seats = (some: readonly ApproverGroup[]) => some.map(({ quorum, ...rest }) => ({ ...rest, count: quorum }));
    const passes = (ladder: { groups: ApproverGroup[]; tiers: { afterMs: number; groups: ApproverGroup[] }[] }, signed: readonly Signature[], at: number) =>
      [ladder.groups, ...ladder.tiers.filter(({ afterMs }) => afterMs <= at).map((one) => one.groups)].some((way) => stillNeeded(seats(way), signed, holds).length === 0);
    fc.assert(fc.property(fc.array(any, { minLength: 1, maxLength: 3 }), signers, fc.integer({ min: 0, max: 40 }), (routes, signed, at) => {
      const named = Object.fromEntries(routes.map((one, index) => [`r${index}`, one]));
      const merged = mergeRoutes(Object.keys(named), named);
      expect(merged.escalation.map(({ afterMs }) => afterMs)).toEqual([...new Set(merged.escalation.map(({ afterMs }) => afterMs))].sort((a, b) => a - b));
      for (const { afterMs } of merged.escalation) expect(afterMs).toBeLessThan(merged.decideByMs);
      if (!passes({ groups: merged.groups, tiers: merged.escalation }, signed, at)) return;
      for (const one of routes) expect(passes({ groups: one.groups, tiers: tiersOf(one, merged.decideByMs) }, signed, at)).toBe(true);
    }), { numRuns: 2_000 });
  });
});
