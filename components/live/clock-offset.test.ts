import { describe, expect, it } from 'vitest';
import { medianOffset } from './clock-offset';

const sample = (offset: number, trip = 20) => ({ sentAt: 1_000, heardAt: 1_000 + trip, serverNow: 1_000 + trip / 2 + offset });

describe('the server’s clock', () => {
  it('is unknown before the first answer', () => expect(medianOffset([])).toBeNull());
  it('takes the median, so one late answer does not move it', () => {
    expect(medianOffset([sample(5_000), sample(5_010), sample(4_990), sample(5_005), sample(90_000)])).toBe(5_005);
  });
  it('looks at the last five only', () => {
    expect(medianOffset([sample(0), sample(0), sample(0), ...Array.from({ length: 5 }, () => sample(700))])).toBe(700);
  });
});
