import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roles, type Role } from '@/lib/context';
import { ladder, permissions, verbs } from './permissions';
import { secondFactorFrom } from './rules';
import { signInMethods } from './schema';
import { confinement, needsSecondFactor } from './second-factor';

describe('of whom a second factor is required', () => {
  it('is nobody unless somebody said so, and everybody with and without a role', () => {
    for (const role of roles) {
      expect(needsSecondFactor('nobody', { roles: [role] })).toBe(false);
      expect(needsSecondFactor('everybody', { roles: [role] })).toBe(true);
    }
    expect(needsSecondFactor('everybody', { roles: [] })).toBe(true);
  });
  it.each(secondFactorFrom.filter((from) => from !== 'nobody' && from !== 'everybody'))('from %s up is whoever holds that role or a higher one', (from) => {
    for (const role of roles) expect(needsSecondFactor(from, { roles: [role] })).toBe(ladder.indexOf(role) >= ladder.indexOf(from));
    expect(needsSecondFactor(from, { roles: [] })).toBe(false);
  });
  it('is whoever may by a role of their own what takes one', () => {
    fc.assert(fc.property(fc.constantFrom(...verbs), fc.constantFrom(...ladder.slice(1)), (verb, from) => {
      const needs = needsSecondFactor(from as Exclude<Role, 'viewer'>, { roles: ['viewer'], customRoles: [{ name: 'own', verbs: [verb, 'no.such.verb'] }] });
      expect(needs).toBe(ladder.indexOf(permissions[verb]) >= ladder.indexOf(from));
    }));
  });
});

describe('a sign-in where one is required', () => {
  it.each([
    ['password', false, 'no_factor'], ['password', true, 'factor_unused'], ['oidc', false, 'no_factor'], ['oidc', true, undefined],
    ...signInMethods.filter((method) => method !== 'password' && method !== 'oidc').flatMap((method) => [[method, true, undefined], [method, false, undefined]] as const),
  ] as const)('by %s, factor there: %s, lacks: %s', (method, has, lacks) => {
    expect(confinement(method, has)).toBe(lacks);
  });
});
