import { describe, expect, it } from 'vitest';
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
