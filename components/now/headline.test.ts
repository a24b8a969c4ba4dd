import { describe, expect, it } from 'vitest';
import { nowHeadline } from './headline';
import type { NowRow, NowView } from './view';

const row: NowRow = { id: 'a', when: { kind: 'ago', at: '' }, mark: { kind: 'hatch' }, sentence: [], second: [], href: '/', act: '' };
const view = (rows: number, stopped = 0): NowView => ({ sections: [{ title: 't', rows: Array.from({ length: rows }, () => row) }], facts: { agentsRunning: 0, sessionsRunning: 0, stopped, lastEventAt: null, lastDrillAt: null, verifiedTo: null } });

describe('the first sentence of Now', () => {
  it('says how much needs a person', () => expect([0, 1, 8, 40].map((n) => nowHeadline(view(n)))).toEqual(['Nothing needs you.', 'One thing needs you.', 'Eight things need you.', '40 things need you.']));
  it('never hides a stop', () => expect(nowHeadline(view(0, 1))).toBe('Nothing needs you. One stop stands.'));
});
