import { describe, expect, it } from 'vitest';
import { nowHeadline } from './headline';
import type { NowRow, NowView } from './view';

const row: NowRow = { id: 'a', when: { kind: 'ago', at: '' }, mark: { kind: 'hatch' }, sentence: [], second: [], href: '/', act: '' };
const view = (rows: number, stopped = 0, unconfirmed = 0): NowView => ({ sections: [{ title: 't', rows: Array.from({ length: rows }, () => row) }], facts: { agentsRunning: 0, sessionsRunning: 0, stopped, unconfirmed, lastEventAt: null, lastDrillAt: null, verifiedTo: null } });

describe('the first sentence of Now', () => {
  it('says how much needs a person', () => expect([0, 1, 8, 40].map((n) => nowHeadline(view(n)))).toEqual(['Nothing needs you.', 'One thing needs you.', 'Eight things need you.', '40 things need you.']));
  it('never hides a stop', () => expect(nowHeadline(view(0, 1))).toBe('Nothing needs you. One stop stands.'));
  it('says what may still be running', () => expect([view(1, 1, 1), view(4, 4, 1), view(3, 3, 3), view(40, 40, 20)].map(nowHeadline)).toEqual([
    'One thing needs you. One stop stands, not confirmed in time.', 'Four things need you. Four stops stand, one not confirmed in time.', 'Three things need you. Three stops stand, three not confirmed in time.', '40 things need you. 40 stops stand, 20 not confirmed in time.',
  ]));
});
