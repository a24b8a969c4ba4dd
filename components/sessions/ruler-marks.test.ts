import { describe, expect, it } from 'vitest';
import { rulerMarks } from './ruler-marks';
import type { SessionEventView } from './view';

const event = (seconds: number, more: Partial<SessionEventView> = {}): SessionEventView => ({ seq: seconds, at: new Date(seconds * 1_000).toISOString(), kind: 'action', lane: 1, sentence: [], ...more });

describe('the ruler', () => {
  it('is empty without events', () => expect(rulerMarks([])).toEqual({ ticks: [], taintFrom: null, breaks: [] }));
  it('places events by time and finds where untrusted text entered', () => {
    const marks = rulerMarks([event(10), event(20, { taint: 'source' }), event(30, { verdict: 'ask' })]);
    expect(marks.ticks.map((tick) => [tick.x, tick.kind])).toEqual([[0, 'plain'], [0.5, 'plain'], [1, 'ask']]);
    expect(marks.taintFrom).toBe(0.5);
  });
  it('cuts long pauses short and says where', () => expect(rulerMarks([event(0), event(4_000)]).breaks).toHaveLength(1));
  it('bounds what it draws, and survives a time that is none', () => {
    expect(rulerMarks(Array.from({ length: 50_000 }, (_, index) => event(index, { verdict: index % 2 ? 'ask' : 'allow' }))).ticks.length).toBeLessThan(220);
    expect(rulerMarks([event(1), { ...event(2), at: 'nonsense' }]).ticks.every((tick) => Number.isFinite(tick.x))).toBe(true);
  });
});
