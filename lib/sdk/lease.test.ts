import { describe, expect, it } from 'vitest';
import { Lease } from './lease';

function clocks() {
  const at = { monotonic: 1_000, wall: 1_800_000_000_000 };
  return { at, clocks: { monotonic: () => at.monotonic, wall: () => at.wall }, pass: (ms: number) => { at.monotonic += ms; at.wall += ms; } };
}

describe('a lease', () => {
  it('does not hold before the first renewal', () => {
    expect(new Lease(0, clocks().clocks).holds()).toBe(false);
  });

  it('counts from when the renewal was sent, not from when it was answered', () => {
    const { clocks: c, pass } = clocks();
    const lease = new Lease(0, c);
    const sent = lease.mark();
    pass(900);
    lease.renewed(sent, 1_000);
    expect(lease.remainingMs()).toBe(100);
    pass(99);
    expect(lease.holds()).toBe(true);
    pass(1);
    expect(lease.holds()).toBe(false);
  });

  it('has lapsed already when its answer took longer than it lasts', () => {
    const { clocks: c, pass } = clocks();
    const lease = new Lease(0, c);
    const sent = lease.mark();
    pass(1_001);
    lease.renewed(sent, 1_000);
    expect(lease.holds()).toBe(false);
  });

  it('lapses while a laptop sleeps: the monotonic clock stands still, the wall clock does not', () => {
    const { at, clocks: c } = clocks();
    const lease = new Lease(0, c);
    lease.renewed(lease.mark(), 15_000);
    at.wall += 3_600_000;
    expect(lease.holds()).toBe(false);
  });

  it('is not lengthened by a wall clock that is set back', () => {
    const { at, clocks: c } = clocks();
    const lease = new Lease(0, c);
    lease.renewed(lease.mark(), 15_000);
    at.wall -= 3_600_000;
    at.monotonic += 15_000;
    expect(lease.holds()).toBe(false);
  });

  it('is not shortened by an older answer that comes late', () => {
    const { clocks: c, pass } = clocks();
    const lease = new Lease(0, c);
    const first = lease.mark();
    pass(500);
    const second = lease.mark();
    lease.renewed(second, 1_000);
    lease.renewed(first, 1_000);
    expect(lease.remainingMs()).toBe(1_000);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes no length of %s', (leaseMs) => {
    const lease = new Lease(0, clocks().clocks);
    lease.renewed(lease.mark(), leaseMs);
    expect(lease.holds()).toBe(false);
  });

  it('takes a tenth of itself, at most a second, as its margin', () => {
    const short = new Lease(undefined, clocks().clocks);
    short.renewed(short.mark(), 1_000);
    expect(short.remainingMs()).toBe(900);
    const long = new Lease(undefined, clocks().clocks);
    long.renewed(long.mark(), 60_000);
    expect(long.remainingMs()).toBe(59_000);
  });

  it('is due for renewal after a third', () => {
    const { clocks: c, pass } = clocks();
    const lease = new Lease(0, c);
    lease.renewed(lease.mark(), 15_000);
    expect(lease.renewInMs()).toBe(5_000);
    pass(20_000);
    expect(lease.renewInMs()).toBe(0);
  });
});
