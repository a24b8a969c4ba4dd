import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_GROUPS, readClaims, readGroups } from './claims';
import { decideRights, mapGroups, shrinks, type GroupMappingRow } from './mapping';

const listed = (...groups: string[]) => ({ kind: 'listed' as const, groups: new Set(groups) });

describe('the groups that a provider names', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['a list', { groups: ['a', 'b', 'a'] }, listed('a', 'b')],
    ['one name', { groups: 'a' }, listed('a')],
    ['none', { groups: [] }, listed()],
    ['nothing at all', {}, listed()],
    ['null', { groups: null }, listed()],
    ['ten thousand', { groups: Array.from({ length: MOST_GROUPS }, (_, i) => `g${i}`) }, listed(...Array.from({ length: MOST_GROUPS }, (_, i) => `g${i}`))],
    ['more than that', { groups: Array.from({ length: MOST_GROUPS + 1 }, (_, i) => `g${i}`) }, { kind: 'elsewhere' }],
    ['an address instead (_claim_names)', { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } }, { kind: 'elsewhere' }],
    ['a hint instead (hasgroups)', { hasgroups: true }, { kind: 'elsewhere' }],
    ['a number', { groups: 7 }, { kind: 'unreadable' }],
    ['an object', { groups: { a: true } }, { kind: 'unreadable' }],
    ['a list with a list in it', { groups: ['a', ['b']] }, { kind: 'unreadable' }],
    ['names that nobody can map', { groups: ['ok', '', 'x'.repeat(257), 'a\u0000b', 'a\nb'] }, listed('ok')],
    ['names of the language', { groups: ['__proto__', 'constructor'] }, listed('__proto__', 'constructor')],
    ['the name of a claim inherited', Object.create({ groups: ['admin'] }) as Record<string, unknown>, listed()],
  ])('%s', (_what, claims, expected) => {
    expect(readGroups(claims, 'groups')).toEqual(expected);
  });

  it('are never thrown over, and give nothing that the mapping does not know', () => {
    const mapping: GroupMappingRow[] = [{ group: 'soc', kind: 'role', name: 'analyst' }, { group: 'soc', kind: 'team', name: 'SOC' }, { group: '__proto__', kind: 'role', name: 'viewer' }];
    fc.assert(fc.property(fc.anything(), (said) => {
      const claim = readGroups({ groups: said }, 'groups');
      if (claim.kind !== 'listed') return;
      const rights = mapGroups(mapping, claim.groups);
      expect(rights.roles.every((role) => ['analyst', 'viewer'].includes(role))).toBe(true);
      expect(rights.roles.includes('analyst')).toBe(claim.groups.has('soc'));
    }));
  });

  it('are compared letter for letter', () => {
    const mapping: GroupMappingRow[] = [{ group: 'Admins', kind: 'role', name: 'admin' }];
    for (const lookalike of ['admins', 'Admins ', 'Αdmins', 'Admins\u200b', 'Ａdmins']) expect(mapGroups(mapping, new Set([lookalike])).roles, lookalike).toEqual([]);
    expect(mapGroups(mapping, new Set(['Admins'])).roles).toEqual(['admin']);
  });
});

describe('who a provider says it is', () => {
  const config = { groupsClaim: 'groups', requireVerifiedEmail: true };
  it('has an address only when it is one, verified only when that is said', () => {
    const verified = (email_verified: unknown, requireVerifiedEmail = true) => readClaims({ ...config, requireVerifiedEmail }, { sub: 's', email: 'a@example.org', email_verified }).emailVerified;
    expect([true, 'true'].map((said) => verified(said))).toEqual([true, true]);
    expect([false, 'false', 1, 'yes', null, undefined].map((said) => verified(said))).toEqual([false, false, false, false, false, false]);
    expect([undefined, false, 'false', null].map((said) => verified(said, false))).toEqual([true, false, false, false]);
    expect(readClaims(config, { sub: 's', email: 'no address' }).email).toBeNull();
    expect(readClaims(config, { sub: 's', email: ['a@example.org'] }).email).toBeNull();
  });

  it('has a name that a line can hold', () => {
    expect(readClaims(config, { sub: 's', name: ` Ada\n\u0000Lovelace ${'x'.repeat(200)}` }).name).toMatch(/^Ada {2}Lovelace x{50,}$/);
    expect(readClaims(config, { sub: 's', name: '\u202eada\u2066\u200b \ud800L\ue000\ufeff' }).name).toBe('ada L');
    expect(readClaims(config, { sub: 's', name: 'x' + '\u{20000}'.repeat(120) }).name).toBe('x' + '\u{20000}'.repeat(99));
    expect(readClaims(config, { sub: 's', name: '\u200b\u202e', preferred_username: 'ada' }).name).toBe('ada');
    expect(readClaims(config, { sub: 's', name: {}, preferred_username: 'ada' }).name).toBe('ada');
    expect(readClaims(config, { sub: 's', name: ' ' }).name).toBeNull();
  });
});

describe('what groups do to rights', () => {
  const mapping: GroupMappingRow[] = [{ group: 'soc', kind: 'role', name: 'analyst' }];
  it('is nothing until one of them gives something, and everything from then on', () => {
    expect(decideRights(false, mapping, listed('other'))).toEqual({ kind: 'by_hand' });
    expect(decideRights(false, mapping, listed('soc'))).toEqual({ kind: 'managed', rights: { roles: ['analyst'], teams: [] } });
    expect(decideRights(true, mapping, listed('other'))).toEqual({ kind: 'managed', rights: { roles: [], teams: [] } });
  });
  it('is not known when they are not: a managed person stays out, another keeps what was given by hand', () => {
    for (const kind of ['elsewhere', 'unreadable'] as const) {
      expect(decideRights(true, mapping, { kind })).toEqual({ kind: 'refuse' });
      expect(decideRights(false, mapping, { kind })).toEqual({ kind: 'by_hand' });
    }
  });
  it('shrinks when a role is gone, whatever came instead', () => {
    expect(shrinks(['analyst'], ['analyst', 'admin'])).toBe(false);
    expect(shrinks(['analyst', 'author'], ['author', 'admin'])).toBe(true);
    expect(shrinks([], [])).toBe(false);
  });
});
