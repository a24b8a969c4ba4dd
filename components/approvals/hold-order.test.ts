import { describe, expect, it } from 'vitest';
import { holdOrder, nextAfter, stillLeft } from './hold-order';

const order = { show: 'yours', sort: 'left' } as const;
const at = (second: number) => new Date(1_000 * second).toISOString();
const row = (id: string, second: number, more: { state?: string; yours?: boolean; requestedAt?: string } = {}) => ({ id, decideBy: at(second), requestedAt: at(1), decidedAt: null, yours: true, state: 'pending', ...more });
const held = (...rows: ReturnType<typeof row>[]) => ({ rows, since: at(10) });
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join(' ');

describe('a list that holds still', () => {
  it('follows when nobody is in it', () => expect(ids(holdOrder([row('b', 2), row('a', 3)], null, [], order))).toBe('b a'));
  it('keeps its order, also of one that waits on others now, and updates content', () => {
    const shown = holdOrder([row('b', 3), row('a', 2, { yours: false, state: 'partly' })], held(row('a', 2), row('b', 3)), [], order);
    expect([ids(shown), shown[0]!.state]).toEqual(['a b', 'partly']);
  });
  it('keeps a row that left, so that nothing slides under the pointer, and says what became of it', () => {
    const shown = holdOrder([row('a', 2)], held(row('a', 2), row('gone', 3)), [row('gone', 3, { state: 'denied' })], order);
    expect([ids(shown), shown[1]!.state]).toEqual(['a gone', 'denied']);
  });
  it('says so of it also once it was scrolled out of view and another was told of', () => {
    const told = stillLeft(stillLeft([], [row('gone', 3, { state: 'denied' })]), [row('other', 4, { state: 'expired' })]);
    expect(holdOrder([], held(row('gone', 3), row('other', 4)), told, order).map(({ state }) => state)).toEqual(['denied', 'expired']);
  });
  it('shows nothing that was asked since, and what is read further down behind the rest', () => {
    expect(ids(holdOrder([row('new', 1, { requestedAt: at(11) }), row('a', 2), row('deeper', 5), row('late', 6, { requestedAt: at(12) })], held(row('a', 2)), [], order))).toBe('a deeper');
  });
  it('moves the focus to the next row, then to the one before', () => {
    expect([nextAfter(['a', 'b', 'c'], 'b'), nextAfter(['a', 'b'], 'b'), nextAfter(['a'], 'a')]).toEqual(['c', 'a', undefined]);
  });
});
