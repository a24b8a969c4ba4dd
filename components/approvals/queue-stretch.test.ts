import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAsk, writeAsk, type QueueAsk } from './queue-address';
import { applyStretch, comparePlaces, placeOf, withStretch } from './queue-stretch';

const row = fc.record({ id: fc.uuid(), yours: fc.boolean(), decideBy: fc.integer({ min: 1, max: 40 }), requestedAt: fc.integer({ min: 1, max: 40 }) })
  .map((one) => ({ ...one, decideBy: new Date(one.decideBy * 1_000).toISOString(), requestedAt: new Date(one.requestedAt * 1_000).toISOString(), decidedAt: null }));
const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 40 });
const orders = fc.constantFrom({ show: 'yours' as const, sort: 'left' as const }, { show: 'others' as const, sort: 'new' as const });

describe('a list read in stretches', () => {
  it('is the server’s list once every stretch was read anew, whatever was known before', () => {
    fc.assert(fc.property(rows, rows, orders, fc.integer({ min: 1, max: 9 }), (before, now, order, size) => {
      const sorted = (list: typeof now) => [...list].sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order), order));
      const truth = sorted(now);
      let known = sorted(before);
      let after: string | null = null;
      for (let at = 0; ; at += size) {
        const fresh = truth.slice(at, at + size);
        known = applyStretch(known, fresh, { after, whole: fresh.length < size }, order);
        if (fresh.length < size) break;
        after = placeOf(fresh.at(-1)!, order);
      }
      expect(known.map(({ id }) => id)).toEqual(truth.map(({ id }) => id));
    }));
  });
  it('is read further once something came behind its end, also where it was read whole before', () => {
    fc.assert(fc.property(rows, orders, fc.nat(40), fc.integer({ min: 1, max: 9 }), (list, order, count, size) => {
      const truth = [...list].sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order), order));
      const read = (after: string | null) => { const found = truth.filter((one) => after === null || comparePlaces(placeOf(one, order), after, order) > 0).slice(0, size); return { rows: found, whole: found.length < size }; };
      let known = withStretch({ rows: truth.slice(0, count), whole: true }, read(null), null, order);
      for (let scrolls = 0; !known.whole && scrolls < 100; scrolls++) { const after = placeOf(known.rows.at(-1)!, order); known = withStretch(known, read(after), after, order); }
      expect(known.rows).toEqual(truth);
    }));
  });
  it('leaves alone what lies outside the stretch that was read', () => {
    fc.assert(fc.property(rows, orders, fc.nat(40), fc.nat(40), (list, order, from, count) => {
      const known = [...list].sort((a, b) => comparePlaces(placeOf(a, order), placeOf(b, order), order));
      const after = from === 0 ? null : known[from - 1] ? placeOf(known[from - 1]!, order) : null;
      const at = after === null ? 0 : from;
      // Everything from there to the end of the stretch is gone but the stretch's last.
      const stretch = known.slice(at, at + count);
      const fresh = stretch.slice(-1);
      if (fresh.length === 0) return;
      expect(applyStretch(known, fresh, { after, whole: false }, order)).toEqual([...known.slice(0, at), ...fresh, ...known.slice(at + count)]);
    }));
  });
});

describe('an address of a view', () => {
  it('is read as it was written, and the same view is written the same', () => {
    const ask: fc.Arbitrary<QueueAsk> = fc.record({
      show: fc.constantFrom('yours', 'others', 'decided'), sort: fc.constantFrom('left', 'new'), grouped: fc.boolean(), search: fc.string({ maxLength: 60 }).map((text) => text.trim()),
      agent: fc.uuid(), tool: fc.string({ minLength: 1, maxLength: 60 }), risk: fc.constantFrom('low', 'high', 'critical'), group: fc.stringMatching(/^[0-9a-f]{32}$/),
    }, { requiredKeys: ['show', 'sort', 'grouped', 'search'] });
    fc.assert(fc.property(ask, (one) => { expect({ ...readAsk(new URLSearchParams(writeAsk(one))) }).toEqual({ ...one }); }));
  });
  it('asks for nothing by what it does not know', () => {
    expect(readAsk(new URLSearchParams('show=<script>&sort=x&agent=1&risk=none&group=..&q='))).toEqual({ show: 'yours', sort: 'left', grouped: false, search: '' });
    expect(writeAsk(readAsk(new URLSearchParams('')))).toBe('');
  });
});
