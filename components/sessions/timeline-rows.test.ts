import { describe, expect, it } from 'vitest';
import { timelineRows } from './timeline-rows';
import type { SessionEventView } from './view';

const event = (seq: number, more: Partial<SessionEventView> = {}): SessionEventView => ({ seq, at: new Date(1_000_000 + seq * 1_000).toISOString(), kind: 'action', lane: 1, sentence: [{ text: `event ${seq}` }], ...more });
const read = (seq: number, more: Partial<SessionEventView> = {}) => event(seq, { verdict: 'allow', foldable: true, tool: 'crm.read', ...more });
const shape = (rows: ReturnType<typeof timelineRows>) => rows.map((row) => (row.kind === 'event' ? `e${row.event.seq}` : row.kind === 'folded' ? `f${row.events.length}` : row.kind === 'idle' ? 'idle' : `${row.kind} ${row.from}-${row.to}`));

describe('a session as rows', () => {
  it('folds allowed reads and nothing else', () => {
    const events = [event(1, { kind: 'person', lane: 0 }), read(2), read(3), read(4), event(5, { verdict: 'deny' }), read(6), read(7, { taint: 'reached' }), event(8, { verdict: 'ask' })];
    expect(shape(timelineRows(events, 2, 'timeline'))).toEqual(['e1', 'f3', 'e5', 'e6', 'e7', 'e8']);
    expect(timelineRows(events, 2, 'full')).toHaveLength(8);
    expect(shape(timelineRows(events, 2, 'compact'))).toEqual(['e1', 'e5', 'e8']);
  });
  it('never folds over two lanes', () => {
    expect(shape(timelineRows([read(1), read(2), read(3, { lane: 2 }), read(4, { lane: 2 })], 3, 'timeline'))).toEqual(['f2', 'f2']);
  });
  it('draws a missing number as a gap, and a stretch that was not loaded as such', () => {
    expect(shape(timelineRows([event(1), event(4)], 2, 'full'))).toEqual(['e1', 'gap 2-3', 'e4']);
    expect(shape(timelineRows([event(1), event(100)], 2, 'full', [{ from: 3, to: 99 }]))).toEqual(['e1', 'gap 2-2', 'unloaded 3-99', 'e100']);
  });
  it('compresses idle time', () => {
    expect(shape(timelineRows([event(1), event(2, { at: new Date(1_000_000 + 163_000).toISOString() })], 2, 'full'))).toEqual(['e1', 'idle', 'e2']);
  });
  it('turns a lane into the saw where untrusted text enters, and keeps it', () => {
    const rows = timelineRows([event(1), event(2, { taint: 'source' }), event(3), event(4, { lane: 2 })], 3, 'full');
    expect(rows.map((row) => 'lines' in row && row.lines)).toEqual([['line', 'start', 'none'], ['line', 'saw-start', 'none'], ['line', 'saw', 'none'], ['line', 'saw', 'start']]);
  });
  it('builds 100,000 rows quickly', () => {
    const events = Array.from({ length: 100_000 }, (_, index) => event(index + 1));
    const began = performance.now();
    expect(timelineRows(events, 4, 'timeline')).toHaveLength(100_000);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
