import { describe, expect, it } from 'vitest';
import { standings } from '@/app/kit/fixtures/drills';
import { order } from '@/app/kit/fixtures/rooms';
import { nowSections } from './now-sections';

const mara = { kind: 'person' as const, id: 'p', name: 'Mara', email: 'm@x', roles: ['responder' as const], via: 'console' as const };
const late = { ...order, id: 'late', unconfirmedAt: '2026-11-20T03:15:01.204Z' };

describe('what needs a person now', () => {
  it('begins with what may still be running although it was stopped', () => {
    const [section] = nowSections(mara, { orders: [{ order, name: 'a' }, { order: late, name: 'b' }], waiting: [], lost: [] });
    expect(section!.rows.map((row) => row.id)).toEqual(['late', order.id]);
    expect(section!.rows[0]!.sentence).toEqual([{ text: expect.stringMatching(/not confirmed in time: some of it may still be running\.$/) }]);
    expect(section!.rows[0]!.second).toEqual([{ text: expect.stringMatching(/End it where it runs/) }]);
    expect(section!.rows[1]!.sentence).toEqual([{ text: expect.stringMatching(/is stopped\.$/) }]);
  });
  it('says no such thing of what was confirmed after all', () => {
    const [section] = nowSections(mara, { orders: [{ order: { ...late, confirmedAt: '2026-11-20T03:16:01.204Z' }, name: 'b' }], waiting: [], lost: [] });
    expect(section!.rows[0]!.sentence).toEqual([{ text: expect.stringMatching(/is stopped\.$/) }]);
  });
});

describe('drills, among what needs a person', () => {
  const sections = (drills: (typeof standings)['passed']) => nowSections(mara, { orders: [], waiting: [], lost: [], drills });
  it('are nothing while the last one passed and the next is not due, or one runs', () => {
    expect(sections(standings.passed)).toEqual([]);
    expect(sections({ ...standings.never, overdue: true, running: { id: 'x' } })).toEqual([]);
  });
  it('come first, in words, where the last one failed, and never as something to be kept up', () => {
    const [first, ...rest] = nowSections(mara, { orders: [], waiting: [], lost: [], drills: { ...standings.failed, overdue: false } });
    expect(first).toMatchObject({ title: 'Where the stop did not hold', rows: [{ href: expect.stringMatching(/^\/drills\//), sentence: [{ text: 'The last drill failed: a process was not stopped as it should be.' }] }] });
    expect(rest).toEqual([]);
  });
  it('come last where they are overdue, with when the last one was', () => {
    expect(sections({ ...standings.passed, overdue: true })).toMatchObject([{ title: 'To be kept up', rows: [{ when: { kind: 'ago' }, sentence: [{ text: 'The drill of the stop is overdue.' }] }] }]);
    expect(sections({ ...standings.never, overdue: true })).toMatchObject([{ rows: [{ when: { kind: 'never' }, sentence: [{ text: 'The stop has never been drilled.' }] }] }]);
  });
});
