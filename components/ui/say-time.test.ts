import { describe, expect, it } from 'vitest';
import { sayAfter, sayClock, sayDay, sayFor, sayLeft, urgency } from './say-time';

describe('times in words', () => {
  it('says what is left', () => {
    expect([252_000, 2_880_000, 47_001, 0, -5, 7_500_000, 260_000_000].map(sayLeft)).toEqual(['4:12', '48:00', '0:48', '0:00', '0:00', '2 h 05 min', '3 d']);
  });
  it('says how long', () => {
    expect([sayFor(2_400), sayFor(1_380_000), sayFor(372_000, true), sayFor(7_200_000), sayFor(12 * 86_400_000)]).toEqual(['2 s', '23 min', '6 min 12 s', '2 h', '12 d']);
  });
  it('weighs urgency', () => {
    expect([300_000, 299_999, 59_999].map(urgency)).toEqual(['plain', 'soon', 'last']);
  });
  it('says clocks in UTC and survives nonsense', () => {
    expect(sayClock('2026-11-20T03:14:22.204Z', { millis: true })).toBe('03:14:22.204');
    expect(sayDay('2026-11-19T16:20:00Z')).toBe('19 Nov 16:20');
    expect(sayClock('nonsense')).toBe('no time');
    expect(sayAfter(167)).toBe('+0.167');
  });
});
