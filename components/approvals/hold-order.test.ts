import { describe, expect, it } from 'vitest';
import { holdOrder, nextAfter } from './hold-order';

const row = (id: string, state = 'pending') => ({ id, state });

describe('a list that holds still', () => {
  it('follows when nobody is in it', () => expect(holdOrder([row('b'), row('a')], null)).toEqual({ rows: [row('b'), row('a')], held: 0 }));
  it('keeps order, updates content and counts what is new', () => {
    expect(holdOrder([row('new'), row('b', 'denied'), row('a')], [row('a'), row('b')])).toEqual({ rows: [row('a'), row('b', 'denied')], held: 1 });
  });
  it('keeps a row that left, so that nothing slides under the pointer', () => {
    expect(holdOrder([row('a')], [row('a'), row('gone')]).rows).toEqual([row('a'), row('gone')]);
  });
  it('moves the focus to the next row, then to the one before', () => {
    expect([nextAfter(['a', 'b', 'c'], 'b'), nextAfter(['a', 'b'], 'b'), nextAfter(['a'], 'a')]).toEqual(['c', 'a', undefined]);
  });
});
