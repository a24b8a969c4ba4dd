import { expect, it } from 'vitest';
import { leaveOneOut, macroOf, type Counts, type Tried } from './cross';

const counts = (stopped: number, asked: number, denied = 0): Counts => ({ attacks: 100, stopped, legit: 100, denied, asked });
const tried = (name: string, by: Record<string, Counts>): Tried => ({ name, counts: new Map(Object.entries(by)) });

it('chooses without the source that is scored', () => {
  // "bold" is best where it is allowed to see a; b and c alone speak for "shy".
  const bold = tried('bold', { a: counts(100, 0), b: counts(90, 0), c: counts(90, 0) });
  const shy = tried('shy', { a: counts(100, 50), b: counts(99, 40), c: counts(99, 40) });
  expect(leaveOneOut([bold, shy], ['a', 'b', 'c']).map(({ source, chosen }) => `${source} ${chosen}`)).toEqual(['a shy', 'b shy', 'c shy']);
  const mended = tried('bold', { a: counts(40, 0), b: counts(99, 0), c: counts(99, 0) });
  expect(leaveOneOut([mended, shy], ['a', 'b', 'c'])[0]).toEqual({ source: 'a', chosen: 'bold', counts: counts(40, 0) });
});

it('takes whoever asks least among those that keep to the aims, and counts no source that has nothing to say', () => {
  const asks = tried('asks', { a: counts(99, 30), b: counts(99, 30) });
  const denies = tried('denies', { a: counts(99, 1, 9), b: counts(99, 1, 9) });
  expect(leaveOneOut([denies, asks], ['a', 'b'])[0]!.chosen).toBe('asks');
  expect(macroOf([counts(100, 10), { attacks: 0, stopped: 0, legit: 50, denied: 0, asked: 15 }])).toEqual({ stopped: 1, denied: 0, asked: 0.2 });
});
