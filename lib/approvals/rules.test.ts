import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signature as Signer } from '@/lib/quorum';
import { fateOf, ownApproval, stillNeeded as stillNeededOf, type Tiers } from './rules';

const holds = (signer: Signer, group: { role?: string; team?: string }) => (group.role ? signer.roles.includes(group.role) : signer.teams.includes(group.team ?? ''));
const person = (personId: string, ...roles: string[]): Signer => ({ personId, roles, teams: [] });

const at0 = new Date(0);
const stillNeeded = (groups: Tiers['route']['groups'], signers: Signer[], by: typeof holds) => stillNeededOf({ requestedAt: at0, tier: 0, route: { groups, escalation: [] } }, signers, by, at0);

describe('stillNeeded', () => {
  it('counts persons, not signatures', () => {
    expect(stillNeeded([{ role: 'payments', quorum: 2 }], [person('a', 'payments'), person('a', 'payments')], holds)).toEqual([{ role: 'payments', quorum: 1 }]);
  });
  it('lets nobody sit in two places', () => {
    const groups = [{ role: 'payments', quorum: 1 }, { role: 'security', quorum: 1 }];
    expect(stillNeeded(groups, [person('a', 'payments', 'security')], holds)).toHaveLength(1);
    expect(stillNeeded(groups, [person('a', 'payments', 'security'), person('b', 'payments')], holds)).toEqual([]);
  });
  it('is never met without a group', () => expect(stillNeeded([], [person('a', 'admin')], holds)).not.toEqual([]));
  it('agrees with trying every seating', () => {
    const roles = ['x', 'y', 'z'];
    const group = fc.record({ role: fc.constantFrom(...roles), quorum: fc.integer({ min: 1, max: 2 }) });
    const signer = fc.record({ personId: fc.constantFrom('a', 'b', 'c', 'd'), roles: fc.subarray(roles), teams: fc.constant<string[]>([]) });
    fc.assert(fc.property(fc.array(group, { minLength: 1, maxLength: 3 }), fc.uniqueArray(signer, { maxLength: 4, selector: (s) => s.personId }), (groups, signers) => {
      const places = groups.flatMap((g) => Array.from({ length: g.quorum }, () => g));
      const possible = (place: number, left: Signer[]): boolean => place === places.length || left.some((s, i) => holds(s, places[place]!) && possible(place + 1, left.filter((_, j) => j !== i)));
      expect(stillNeeded(groups, signers, holds).length === 0).toBe(possible(0, signers));
    }), { numRuns: 2_000 });
  });
});

describe('fateOf', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const later = new Date(at.getTime() + 1);
  it('puts a stop before expiry', () => expect(fateOf({ state: 'pending', decideBy: at, useBy: null, stopped: true, sessionEnded: false }, later)).toEqual({ kind: 'cancelled', reason: 'stopped' }));
  it('expires exactly at decide-by', () => {
    expect(fateOf({ state: 'pending', decideBy: later, useBy: null, stopped: false, sessionEnded: false }, at)).toEqual({ kind: 'open' });
    expect(fateOf({ state: 'pending', decideBy: at, useBy: null, stopped: false, sessionEnded: false }, at)).toEqual({ kind: 'expired' });
  });
  it('cancels what was approved and not used when a stop comes', () => expect(fateOf({ state: 'approved', decideBy: at, useBy: later, stopped: true, sessionEnded: false }, at)).toEqual({ kind: 'cancelled', reason: 'stopped' }));
  it('leaves what has ended alone', () => expect(fateOf({ state: 'denied', decideBy: at, useBy: null, stopped: true, sessionEnded: true }, later)).toEqual({ kind: 'terminal', state: 'denied' }));
});

it('lets nobody approve their own', () => {
  const session = { principalType: 'user', principalId: 'Mara@example.org', principalVerified: true, ownerId: 'o' };
  const owner = { id: 'o', email: 'o@example.org' };
  expect(ownApproval({ id: 'p', email: 'mara@example.org' }, session, { ownerCounts: true })).toMatch(/your behalf/);
  expect(ownApproval({ id: 'o', email: 'o@example.org' }, session, { ownerCounts: false })).toMatch(/own this agent/);
  expect(ownApproval({ id: 'o', email: 'o@example.org' }, session, { ownerCounts: true })).toBeNull();
  expect(ownApproval({ id: 'x', email: 'x@example.org' }, session, { ownerCounts: false })).toBeNull();
  // Whoever runs it can have it say any name.
  expect(ownApproval(owner, { ...session, principalVerified: false }, { ownerCounts: true })).toMatch(/nobody has verified/);
  expect(ownApproval(owner, { ...session, principalType: 'service', principalVerified: false }, { ownerCounts: true })).toBeNull();
  expect(ownApproval(owner, { ...session, principalType: null, principalId: null, principalVerified: false }, { ownerCounts: true })).toBeNull();
  expect(ownApproval({ id: 'x', email: 'x@example.org' }, { ...session, principalVerified: false }, { ownerCounts: true })).toBeNull();
});
