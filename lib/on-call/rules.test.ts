import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOf, MOST_ON_CALL, readPagerDuty, readWebhook } from './rules';

const now = new Date('2026-11-26T12:00:00Z');
const oncall = (email: string | null, over: object = {}) => ({ escalation_level: 1, schedule: { id: 'PI7DH85', type: 'schedule_reference' }, user: { id: 'P1', type: 'user', summary: 'X', ...(email === null ? {} : { email }) }, start: '2026-11-26T08:00:00Z', end: '2026-11-26T20:00:00Z', ...over });
const pagerDuty = (oncalls: object[], more = false) => readPagerDuty(JSON.stringify({ oncalls, limit: 100, offset: 0, more, total: null }), ['PI7DH85'], now);

describe('what a webhook says', () => {
  it('is one address, or a list, in any of the ways there are', () => {
    for (const text of ['{"email":"Mara@Example.org"}', '"mara@example.org"', '["mara@example.org"]', '[{"email":" mara@example.org "}]', '{"emails":["mara@example.org","MARA@example.org"]}']) expect(readWebhook(text)).toEqual({ ok: true, emails: ['mara@example.org'], more: false });
    expect(readWebhook('[]')).toEqual({ ok: true, emails: [], more: false });
  });
  it('is nothing else', () => {
    for (const text of ['', 'null', '{}', '{"email":"mara"}', '[1]', '<html>', JSON.stringify(Array.from({ length: MOST_ON_CALL + 1 }, (_, i) => `p${i}@x.example`))]) expect(readWebhook(text)).toMatchObject({ ok: false });
  });
  it('never breaks what reads it, and is read in a time that grows with its length alone', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), fc.jsonValue().map((value) => JSON.stringify({ email: value }))), (text) => { readWebhook(text); readPagerDuty(text, ['a'], now); }), { numRuns: 500 });
    const long = performance.now();
    for (const text of ['@'.repeat(200_000), ' '.repeat(200_000), `a@${'a@'.repeat(100_000)}`]) expect(readWebhook(JSON.stringify({ email: text })).ok).toBe(false);
    expect(performance.now() - long).toBeLessThan(10_000);
  });
});

describe('what PagerDuty says', () => {
  it('is who is on call for these schedules at this moment', () => {
    expect(pagerDuty([oncall('mara@example.org'), oncall('Mara@example.org', { escalation_level: 2 }), oncall('tom@example.org', { schedule: { id: 'OTHER' } }), oncall('late@example.org', { start: '2026-11-26T20:00:00Z', end: null }), oncall('gone@example.org', { end: '2026-11-26T12:00:00Z' }), oncall('always@example.org', { start: null, end: null }), oncall('policy@example.org', { schedule: null })]))
      .toEqual({ ok: true, emails: ['mara@example.org', 'always@example.org'], more: false });
    expect(pagerDuty([], true)).toEqual({ ok: true, emails: [], more: true });
  });
  it('is refused where it names people who cannot be told apart', () => {
    expect(pagerDuty([oncall(null)])).toMatchObject({ ok: false, because: expect.stringContaining('may not read users') });
    expect(readPagerDuty('{"error":{"message":"no"}}', ['a'], now)).toMatchObject({ ok: false });
  });
});

it('changes exactly what differs', () => {
  const ids = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd'));
  fc.assert(fc.property(ids, ids, (before, wanted) => {
    const { on, off } = changeOf(before, wanted);
    expect([...before.filter((id) => !off.includes(id)), ...on].sort()).toEqual([...wanted].sort());
    expect(on.some((id) => before.includes(id)) || off.some((id) => wanted.includes(id))).toBe(false);
  }));
});
