import { expect, it } from 'vitest';
import { linesOf } from './queue-lines';
import type { ApprovalState } from './view';

const row = (id: string, yours: boolean, kind: 'pending' | 'partially_approved' | 'denied' = 'pending') => ({ id, yours, state: (kind === 'denied' ? { kind, at: '', by: 'M' } : { kind }) as ApprovalState });
const keys = (...rows: ReturnType<typeof row>[]) => linesOf(rows, null, 'yours').map(({ key }) => key).join(' ');

it('says before which row the others’ begin', () => expect(keys(row('a', true), row('b', false))).toBe('a part b'));
it('says nothing where all are yours, or decided', () => expect(keys(row('a', true), row('b', false, 'denied'))).toBe('a b'));
it('parts nothing at a row that was signed a moment ago and holds still among yours', () => expect(keys(row('a', true), row('signed', false, 'partially_approved'), row('b', true), row('c', false))).toBe('a signed b part c'));
it('parts nothing in a list that is of one kind', () => expect(linesOf([row('a', false)], null, 'others')).toHaveLength(1));
