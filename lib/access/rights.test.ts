import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roles, type RecentRight, type Role } from '@/lib/context';
import { hasRole, ladder } from './permissions';
import { countsFor, rightsFor, rungsOf, waitMsOf } from './rights';

const at = (hours: number) => new Date(Date.parse('2026-03-02T00:00:00Z') + waitMsOf(hours));
const wait = waitMsOf(24);
const gained = (name: string, hours: number, kind: 'role' | 'team' = 'role', last = 24): RecentRight => ({ kind, name, since: at(hours), until: at(hours + last) });

describe('a right that was gained lately', () => {
  const right = { kind: 'role', name: 'responder' } as const;
  it.each([
    ['does not count for what was pending before', 9, 11, false],
    ['does not count for what became pending at the same moment', 10, 11, false],
    ['counts for what came up afterwards', 10.001, 11, true],
    ['does not count just before the wait is over', 9, 33.999, false],
    ['counts once the wait is over', 9, 34, true],
  ])('%s', (_, pendingSince, now, counts) => {
    expect(countsFor([gained('responder', 10)], right, at(pendingSince), at(now), wait)).toBe(counts);
  });
  it('is one kind and one name', () => {
    expect(countsFor([gained('responder', 10, 'team')], right, at(9), at(11), wait)).toBe(true);
    expect(countsFor([gained('admin', 10)], right, at(9), at(11), wait)).toBe(true);
    expect(countsFor([gained('responder', 10)], right, at(9), at(11), 0)).toBe(true);
    expect(countsFor(undefined, right, at(9), at(11), wait)).toBe(true);
  });
});

describe('the rights that count for something pending', () => {
  it('fall back on the ladder to what was held long enough', () => {
    const raised = { roles: ['responder'] as Role[], recent: [gained('responder', 10)] };
    expect(rightsFor(raised, at(9), at(11)).roles).toEqual(['analyst']);
    expect(rightsFor(raised, at(10.5), at(11)).roles).toEqual(['responder']);
    expect(rightsFor(raised, at(9), at(34)).roles).toEqual(['responder']);
  });
  it('are none for somebody who is new altogether', () => {
    expect(rightsFor({ roles: ['responder'], recent: rungsOf('responder').map((rung) => gained(rung, 10)) }, at(9), at(11)).roles).toEqual([]);
  });
  it('leave a team and an own role out until they count', () => {
    const actor = { roles: ['viewer'] as Role[], teams: ['payments', 'security'], customRoles: [{ name: 'approver', verbs: ['approval.decide'] }], recent: [gained('payments', 10, 'team'), gained('approver', 10)] };
    expect(rightsFor(actor, at(9), at(11))).toEqual({ roles: ['viewer'], teams: ['security'], customRoles: [] });
    expect(rightsFor(actor, at(11), at(12))).toEqual({ roles: ['viewer'], teams: actor.teams, customRoles: actor.customRoles });
  });

  const hour = fc.integer({ min: 0, max: 100 });
  const recentArb = fc.array(fc.record({ name: fc.constantFrom<string>(...roles), since: hour, last: fc.integer({ min: 1, max: 168 }) }), { maxLength: 8 }).map((all) => all.map((one) => gained(one.name, one.since, 'role', one.last)));
  it('never reach beyond what is held, never need a right that is still waiting, and grow with time until all of it counts', () => {
    fc.assert(fc.property(fc.subarray([...roles]), recentArb, hour, hour, hour, (held, recent, pending, first, later) => {
      const actor = { roles: held, recent };
      const [a, b] = [Math.min(first, later), Math.max(first, later)];
      const early = rightsFor(actor, at(pending), at(a)).roles;
      const late = rightsFor(actor, at(pending), at(b)).roles;
      for (const role of early) {
        expect(hasRole(held, role)).toBe(true);
        expect(recent.some((one) => one.name === role && one.since >= at(pending) && one.until! > at(a))).toBe(false);
      }
      for (const rung of ladder) {
        if (hasRole(early, rung)) expect(hasRole(late, rung)).toBe(true);
        expect(hasRole(rightsFor(actor, at(pending), at(300)).roles, rung)).toBe(hasRole(held, rung));
      }
    }));
  });
  it('agree with countsFor about a single right', () => {
    fc.assert(fc.property(fc.constantFrom('payments', 'security'), hour, hour, hour, fc.integer({ min: 0, max: 168 }), (name, since, pending, now, last) => {
      const recent: RecentRight[] = [{ kind: 'team', name: 'payments', since: at(since), until: at(since + last) }];
      const counts = countsFor(recent, { kind: 'team', name }, at(pending), at(now), waitMsOf(last));
      expect(rightsFor({ roles: [], teams: [name], recent }, at(pending), at(now)).teams).toEqual(counts ? [name] : []);
    }));
  });
});
