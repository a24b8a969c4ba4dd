import { describe, expect, it } from 'vitest';
import { compareMigrations } from './migrate';

const row = (name: string, state: 'finished' | 'open' | 'rolledBack' = 'finished') => ({ name, finished: state === 'finished', rolledBack: state === 'rolledBack' });

describe('compareMigrations', () => {
  it('is current when both sides have the same', () => {
    expect(compareMigrations(['1_a', '2_b'], [row('2_b'), row('1_a')])).toEqual({ kind: 'current' });
  });
  it('is behind an empty database by all, and counts a rolled-back one as missing', () => {
    expect(compareMigrations(['1_a', '2_b'], [])).toEqual({ kind: 'behind', pending: ['1_a', '2_b'] });
    expect(compareMigrations(['1_a', '2_b'], [row('1_a'), row('2_b', 'rolledBack')])).toEqual({ kind: 'behind', pending: ['2_b'] });
  });
  it('refuses a database that a newer version has used', () => {
    expect(compareMigrations(['1_a'], [row('1_a'), row('2_b')])).toEqual({ kind: 'ahead', unknown: ['2_b'] });
  });
  it('refuses one that stopped half way, before anything else', () => {
    expect(compareMigrations(['1_a', '2_b', '3_c'], [row('1_a'), row('2_b', 'open')])).toEqual({ kind: 'broken', migration: '2_b' });
  });
});
