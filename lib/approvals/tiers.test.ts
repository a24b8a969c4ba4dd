import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signature } from '@/lib/quorum';
import { judgeRoute } from './meetable';
import { approvalOf, ownApproval, stillNeeded } from './rules';
import type { Group } from './schema';
import { holds } from './signatures';
import { askedGroups, nextTier, tiersReached, waysToMeet, whoDecides, type Tiers } from './tiers';
import { step as stepOf } from '@/lib/quorum';

const asked = (route: Partial<Tiers['route']>, tier = 0): Tiers => ({ requestedAt: new Date(0), tier, route: { groups: [{ team: 'payments', quorum: 2 }], escalation: [], ...route } });
const person = (personId: string, over: Partial<Signature> = {}): Signature => ({ personId, roles: [], teams: [], ...over });
const group: fc.Arbitrary<Group> = fc.oneof(
  fc.record({ role: fc.constantFrom('analyst', 'responder'), quorum: fc.integer({ min: 1, max: 2 }) }), fc.record({ team: fc.constantFrom('payments', 'security'), quorum: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ person: fc.constantFrom('ada@x.example', 'bob@x.example'), quorum: fc.constant(1) }), fc.record({ onCall: fc.constantFrom('lead', 'night'), quorum: fc.constant(1) }),
);
const groups = fc.array(group, { minLength: 1, maxLength: 2 });
const signer = fc.constantFrom('ada', 'bob', 'cleo', 'dan').chain((name) => fc.record({
  personId: fc.constant(name), email: fc.constant(`${name}@x.example`), roles: fc.subarray(['analyst', 'responder']), teams: fc.subarray(['payments', 'security']), onCall: fc.subarray(['lead', 'night']),
}));
const ladder = fc.record({
  groups, tier: fc.integer({ min: 0, max: 3 }),
  escalation: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }).chain((times) => fc.tuple(...times.sort((a, b) => a - b).map((afterMs) => groups.map((some) => ({ afterMs, groups: some, notify: [] as string[] }))))),
}).map(({ tier, ...route }): Tiers => ({ requestedAt: new Date(0), tier: Math.min(tier, route.escalation.length), route }));

describe('who may decide, over time', () => {
  it('is those asked first, and from its moment on each tier as well: said apart from how it is done', () => {
    fc.assert(fc.property(ladder, fc.integer({ min: 0, max: 120 }), signer, (one, ms, who) => {
      // Said anew: the tier was sent there, or its time has come, or that of one above it has.
      const reached = one.route.escalation.filter((tier, index) => index < one.tier || one.route.escalation.slice(index).some((other) => other.afterMs <= ms && other.afterMs >= tier.afterMs));
      const may = [one.route.groups, ...reached.map((tier) => tier.groups)].some((way) => way.some((seat) => holds(who, seat)));
      expect(askedGroups(one, new Date(ms)).some((seat) => holds(who, seat))).toBe(may);
      expect(tiersReached(one, new Date(ms))).toBe(reached.length);
    }), { numRuns: 3_000 });
  });

  it('only ever grows, and a grant stays one', () => {
    fc.assert(fc.property(ladder, fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 50 }), fc.uniqueArray(signer, { maxLength: 4, selector: (each) => each.personId }), (one, ms, later, signed) => {
      const [now, then] = [new Date(ms), new Date(ms + later)];
      expect(tiersReached(one, then)).toBeGreaterThanOrEqual(tiersReached(one, now));
      expect(waysToMeet(one, then).slice(0, waysToMeet(one, now).length)).toEqual(waysToMeet(one, now));
      if (stillNeeded(one, signed, holds, now).length === 0) expect(stillNeeded(one, signed, holds, then)).toEqual([]);
    }), { numRuns: 3_000 });
  });

  it('begins at the very moment, and is sent up without moving the tiers above', () => {
    const one = asked({ escalation: [{ afterMs: 50, groups: [{ role: 'responder', quorum: 1 }], notify: [] }, { afterMs: 75, groups: [{ role: 'admin', quorum: 1 }], notify: [] }] });
    expect([49, 50, 74, 75].map((ms) => tiersReached(one, new Date(ms)))).toEqual([0, 1, 1, 2]);
    expect(nextTier(one, new Date(49))).toMatchObject({ index: 0, at: new Date(50) });
    expect(nextTier({ ...one, tier: 1 }, new Date(0))).toMatchObject({ index: 1, at: new Date(75) });
    expect(nextTier(one, new Date(75))).toBeUndefined();
    expect(whoDecides(one, new Date(60))).toBe('2 of payments, or 1 of responder');
  });

  it('decides with the quorum of a tier alone, and takes the first ones beside it', () => {
    const one = asked({ groups: [{ team: 'payments', quorum: 2 }, { team: 'security', quorum: 1 }], escalation: [{ afterMs: 50, groups: [{ onCall: 'lead', quorum: 1 }], notify: [] }] });
    const sign = (who: readonly Signature[], ms: number) => who.reduce((quorum, signature) => stepOf(quorum, { kind: 'sign', signature, digest: 'd' }, new Date(ms), holds).quorum,
      approvalOf({ ...one, state: 'pending', decideBy: new Date(100), useBy: null, digest: 'd', revision: 1, useByMs: 10 }, [], { excluded: [], authors: [], own: [] }).quorum);
    const [ada, bob, cleo, lead] = [person('ada', { teams: ['payments'] }), person('bob', { teams: ['payments', 'security'] }), person('cleo', { teams: ['payments'] }), person('lena', { onCall: ['lead'] })];
    expect(sign([ada, cleo], 10).phase.kind).toBe('open');
    expect(sign([ada, bob, cleo], 10).phase.kind).toBe('agreed');
    expect(sign([lead], 49)).toMatchObject({ phase: { kind: 'open' }, signatures: [] });
    expect(sign([ada, lead], 50).phase.kind).toBe('agreed');
    expect(sign([ada, bob, cleo], 60).phase.kind).toBe('agreed');
    expect(sign([lead], 100).phase.kind).toBe('expired');
  });
});

describe('whether a route can be met', () => {
  const payments = (n: number) => Array.from({ length: n }, (_, index) => person(`p${index}`, { teams: ['payments'] }));
  it('says what is lacking, and to whom it went', () => {
    expect(judgeRoute(asked({}), payments(2), new Date(0))).toEqual({ kind: 'met', first: true });
    expect(judgeRoute(asked({}), payments(1), new Date(0))).toEqual({ kind: 'unmet', to: null, what: 'Too few people may decide this as it was asked (2 of payments): it lacks 1 more of payments. Nobody further up can either: unless that changes it expires, which denies it.' });
    const escalation = [{ afterMs: 50, groups: [{ onCall: 'lead', quorum: 1 }], notify: [] }, { afterMs: 75, groups: [{ role: 'responder', quorum: 1 }], notify: [] }];
    expect(judgeRoute(asked({ escalation }), [...payments(1), person('r', { roles: ['responder'] })], new Date(0))).toMatchObject({ kind: 'unmet', to: 2, what: expect.stringContaining('So it went to 1 of responder at once.') });
    expect(judgeRoute(asked({ escalation }), [...payments(1), person('l', { onCall: ['lead'] })], new Date(0))).toMatchObject({ kind: 'unmet', to: 1 });
    expect(judgeRoute(asked({ escalation }), [...payments(1), person('l', { onCall: ['lead'] })], new Date(50))).toEqual({ kind: 'met', first: false });
    expect(judgeRoute(asked({ groups: [{ onCall: 'lead', quorum: 1 }] }), payments(3), new Date(0))).toMatchObject({ what: expect.stringContaining('it lacks somebody on call for lead.') });
  });

  it('agrees with letting everybody sign', () => {
    fc.assert(fc.property(ladder, fc.integer({ min: 0, max: 120 }), fc.uniqueArray(signer, { maxLength: 4, selector: (each) => each.personId }), (one, ms, everybody) => {
      const judged = judgeRoute(one, everybody, new Date(ms));
      expect(judged.kind === 'met').toBe(stillNeeded(one, everybody, holds, new Date(ms)).length === 0);
      if (judged.kind === 'unmet' && judged.to !== null) {
        expect(judged.to).toBeGreaterThan(tiersReached(one, new Date(ms)));
        expect(stillNeeded({ ...one, tier: judged.to }, everybody, holds, new Date(ms))).toEqual([]);
      }
    }), { numRuns: 2_000 });
  });

  it('counts nobody for their own', () => {
    const session = { principalType: 'user', principalId: 'p0@x.example', principalVerified: true, ownerId: 'p1' };
    const able = payments(3).filter(({ personId }) => ownApproval({ id: personId, email: `${personId}@x.example` }, session, { ownerCounts: false }) === null);
    expect(judgeRoute(asked({}), able, new Date(0)).kind).toBe('unmet');
  });
});
