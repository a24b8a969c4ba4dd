import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY_HOUR, ANY_ROUTE, forecastFor, forecastKey, forecastsOf, MIN_SETTLED, routeKey, waitQuantiles, type AskedWait, type Wait } from './wait-rules';

const wait = fc.record({ ms: fc.integer({ min: 0, max: 600_000 }), decided: fc.boolean() });
const waits = fc.array(wait, { minLength: 1, maxLength: 60 });

/** The same estimate by another way (Efron): each weighs the same, and one that is not decided leaves its weight to those that waited longer. */
function byRedistribution(all: readonly Wait[]): { p50: number; p90: number } {
  const sorted = [...all].sort((a, b) => a.ms - b.ms || Number(b.decided) - Number(a.decided)).map((one) => ({ ...one, weight: 1 / all.length }));
  let decided = 0;
  const reached: [number, number][] = [];
  sorted.forEach((one, index) => {
    const later = sorted.slice(index + 1);
    if (one.decided) reached.push([decided += one.weight, one.ms]);
    else for (const other of later) other.weight += one.weight / later.length;
  });
  const at = (share: number) => reached.find(([sum]) => sum >= share - 1e-9)?.[1] ?? sorted.at(-1)!.ms;
  return { p50: at(0.5), p90: at(0.9) };
}

describe('how long requests wait', () => {
  it('is what redistributing the undecided says as well', () => {
    fc.assert(fc.property(waits, (all) => { expect(waitQuantiles(all)).toEqual(byRedistribution(all)); }), { numRuns: 2_000 });
  });
  it('of those all decided is the middle and the ninth tenth of them', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 60 }), (times) => {
      const sorted = [...times].sort((a, b) => a - b);
      const at = (tenths: number) => sorted[Math.ceil((sorted.length * tenths) / 10) - 1];
      expect(waitQuantiles(times.map((ms) => ({ ms, decided: true })))).toEqual({ p50: at(5), p90: at(9) });
    }));
  });
  it('never says less because somebody still waits, whoever it is and however long', () => {
    fc.assert(fc.property(waits, fc.integer({ min: 0, max: 900_000 }), (all, ms) => {
      const before = waitQuantiles(all)!;
      const after = waitQuantiles([...all, { ms, decided: false }])!;
      expect(after.p50).toBeGreaterThanOrEqual(before.p50);
      expect(after.p90).toBeGreaterThanOrEqual(before.p90);
    }), { numRuns: 1_000 });
  });
  it('never says less because one that was decided was not, or because one that waits has waited longer', () => {
    fc.assert(fc.property(waits, fc.nat(), fc.integer({ min: 0, max: 100_000 }), (all, pick, more) => {
      const at = pick % all.length;
      const undecided = all.map((one, index) => (index === at ? { ...one, decided: false } : one));
      const longer = undecided.map((one, index) => (index === at ? { ...one, ms: one.ms + more } : one));
      const [a, b, c] = [all, undecided, longer].map((some) => waitQuantiles(some)!);
      expect([b!.p50 >= a!.p50, b!.p90 >= a!.p90, c!.p50 >= b!.p50, c!.p90 >= b!.p90]).toEqual([true, true, true, true]);
    }), { numRuns: 1_000 });
  });
  it('is in order, is one of the times seen, and does not depend on the order of the rows', () => {
    fc.assert(fc.property(waits, (all) => {
      const { p50, p90 } = waitQuantiles(all)!;
      expect(p50).toBeLessThanOrEqual(p90);
      expect(all.map(({ ms }) => ms)).toEqual(expect.arrayContaining([p50, p90]));
      expect(waitQuantiles([...all].reverse())).toEqual({ p50, p90 });
    }));
  });
  it('counts what nobody answered as at least so long: nine in ten expired after a minute is a minute, not the one second of the tenth', () => {
    const expired = Array.from({ length: 9 }, () => ({ ms: 60_000, decided: false }));
    expect(waitQuantiles([...expired, { ms: 1_000, decided: true }])).toEqual({ p50: 60_000, p90: 60_000 });
    expect(waitQuantiles([])).toBeNull();
  });
});

describe('a forecast', () => {
  const asked = (n: number, more: Partial<AskedWait> = {}): AskedWait[] => Array.from({ length: n }, (_, i) => ({ route: 'desk', hour: 9, ms: 1_000 * (i + 1), decided: true, settled: true, ...more }));
  const known = (all: AskedWait[]) => new Map(forecastsOf(all).map(({ route, hour, p50, p90 }) => [forecastKey(route, hour), { p50, p90 }]));

  it('needs enough that is settled: ten that have just begun to wait say nothing', () => {
    expect(forecastsOf(asked(MIN_SETTLED - 1))).toEqual([]);
    expect(forecastsOf(asked(500, { decided: false, settled: false }))).toEqual([]);
    expect(forecastsOf(asked(MIN_SETTLED)).map(({ route, hour }) => [route, hour])).toEqual([['desk', 9], ['desk', ANY_HOUR], [ANY_ROUTE, ANY_HOUR]]);
  });
  it('is of the same routes at the same hour, else of the routes, else of all, else unknown', () => {
    const some = known([...asked(10), ...asked(10, { hour: 3, ms: 500_000 }), ...asked(9, { route: 'payments', ms: 9 })]);
    expect(forecastFor(some, ['desk'], 9)).toEqual({ p50: 5_000, p90: 9_000 });
    expect(forecastFor(some, ['desk'], 3)).toEqual({ p50: 500_000, p90: 500_000 });
    expect(forecastFor(some, ['desk'], 17)).toEqual(forecastFor(some, ['desk', 'desk'], 4));
    expect(forecastFor(some, ['payments'], 9)).toEqual(waitQuantiles([...asked(10), ...asked(10, { ms: 500_000 }), ...asked(9, { ms: 9 })]));
    expect(forecastFor(new Map(), ['desk'], 9)).toBeNull();
  });
  it('calls the same routes the same, in whatever order rules list them', () => {
    expect(routeKey(['security', 'desk', 'security'])).toBe(routeKey(['desk', 'security']));
  });
});
