import { describe, expect, it } from 'vitest';
import { isDue, isOverdue, judgeDrill, judgeRogue, limitsOf, lostBy, percentile, rogueWords, spreadOf, type Measured } from './rules';
import { rogueKinds, type RogueVerdict } from './schema';

const limits = { goneWithinMs: 5_000, confirmedWithinMs: 30_000 };
const measured = (over: Partial<Measured> = {}): Measured => ({ goneMs: 100, confirmedMs: 400, livedOn: false, evidence: 'pidns-empty', ...over });
const judged = (over: Partial<Measured>, kind: (typeof rogueKinds)[number] = 'forks') => judgeRogue(kind, limits, measured(over)).verdict;

describe('one rogue', () => {
  it('is dead where the product and the drill’s own eyes both say so', () => {
    expect(judged({})).toBe('dead');
    expect(judged({ evidence: 'cgroup-empty' })).toBe('dead');
  });
  it('is alive where it gave a sign of life after its stop was called confirmed, however soon it is gone then', () => {
    expect(judged({ livedOn: true })).toBe('alive');
    expect(judgeRogue('forks', limits, measured({ livedOn: true })).said).toContain('called confirmed');
  });
  it('is alive where it was never gone, confirmed or not', () => {
    expect(judged({ goneMs: null })).toBe('alive');
    expect(judged({ goneMs: null, confirmedMs: null })).toBe('alive');
  });
  it('is late beyond its time, and unconfirmed where nobody but the drill says that it is gone', () => {
    expect(judged({ goneMs: 5_001 })).toBe('late');
    expect(judged({ goneMs: 5_000 })).toBe('dead');
    expect(judged({ confirmedMs: null, evidence: null })).toBe('unconfirmed');
  });
  it('is not dead by its own word, by a process group, or by a lapsed lease while its supervisor could speak', () => {
    for (const evidence of ['its own word', 'group-exited', 'lease-lapsed', null]) expect(judged({ evidence }), String(evidence)).toBe('unconfirmed');
    for (const kind of ['cut_off', 'kills_supervisor'] as const) {
      expect(judged({ evidence: 'lease-lapsed' }, kind)).toBe('dead');
      expect(judged({ evidence: 'its own word' }, kind)).toBe('unconfirmed');
    }
  });
  it('has a second beyond its lease where it is cut off, and words of its own', () => {
    expect((['forks', 'cut_off', 'kills_supervisor'] as const).map((kind) => limitsOf(kind, 15_000).goneWithinMs)).toEqual([15_000, 16_000, 1_000]);
    expect(limitsOf('forks', 120_000).confirmedWithinMs).toBe(240_000);
    expect(new Set(rogueKinds.map((kind) => rogueWords[kind])).size).toBe(rogueKinds.length);
  });
});

describe('a drill', () => {
  const verdict = (...targets: (RogueVerdict | null)[]) => judgeDrill(targets.map((one) => ({ verdict: one }))).verdict;
  it('has passed where every rogue is dead, and otherwise never', () => {
    expect(verdict('dead', 'dead')).toBe('passed');
    for (const other of ['late', 'unconfirmed', 'alive'] as const) expect(verdict('dead', other)).toBe('failed');
    expect(verdict('dead', 'not_run')).toBe('not_run');
    expect(verdict('dead', null)).toBe('not_run');
    expect(verdict('not_run')).toBe('not_run');
  });
  it('is failed by one rogue also where others were not run', () => {
    expect(verdict('alive', 'not_run', 'dead')).toBe('failed');
    expect(judgeDrill([{ verdict: 'alive' }, { verdict: 'dead' }]).said).toBe('1 of 2 rogues was not stopped as it should be.');
  });
  it('says the nearest rank of what was measured', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([null, 7], 0.99)).toBe(7);
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(spreadOf([{ fencedMs: 1, confirmedMs: 9 }, { fencedMs: 3, confirmedMs: null }])).toEqual({ fencedP50Ms: 1, fencedP99Ms: 3, confirmedP50Ms: 9, confirmedP99Ms: 9 });
  });
});

describe('when drills are', () => {
  const at = (days: number) => new Date(Date.UTC(2026, 0, 1) + days * 86_400_000);
  it('due after so many days, overdue a day later, and never where nobody wants them by themselves', () => {
    expect([29, 30, 31].map((days) => isDue(at(0), 30, at(days)))).toEqual([false, true, true]);
    expect([30, 30.9, 31].map((days) => isOverdue(at(0), 30, at(days)))).toEqual([false, false, true]);
    expect([isDue(at(0), 0, at(999)), isOverdue(at(0), 0, at(999))]).toEqual([false, false]);
  });
  it('lost when their worker says nothing any more, or none takes them up', () => {
    const drill = (over: object) => ({ state: 'running', askedAt: at(0), keptUntil: at(1), ...over });
    expect(lostBy(drill({}), at(0.9))).toBeUndefined();
    expect(lostBy(drill({}), at(1.1))).toBe('its worker');
    expect(lostBy(drill({ keptUntil: null }), at(0))).toBe('its worker');
    expect(lostBy(drill({ state: 'asked', keptUntil: null }), at(0.001))).toBeUndefined();
    expect(lostBy(drill({ state: 'asked', keptUntil: null }), at(0.01))).toBe('everybody');
    expect(lostBy(drill({ state: 'finished' }), at(9))).toBeUndefined();
  });
});
