import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviourFindings, behaviourView, historyOf, noHistory, notableKinds } from './history';
import { LiveSummary } from './live-summary';
import { makeBaseline } from './make-baseline';
import { readArguments } from './read-arguments';
import { sessionSummarySchema, type SessionSummary } from './schema';
import { summariseSession, type CallFacts } from './summarise-session';
import { weigh, type History, type Look } from './weigh';

const DAY = 86_400_000;
const START = Date.parse('2026-10-01T08:00:00.000Z');
const mail = (to: string, body = 'A text of some forty characters, about.') => ({ to, body });
/** A usual session: a search, a read and a mail, some seconds apart. */
const usualCalls = (at: number, i: number): CallFacts[] => [
  { tool: 'search', atMs: at, allowed: true, sent: 60, costE4: 0, args: { query: `word ${i}`, limit: 10 } },
  { tool: 'read', atMs: at + 20_000, allowed: true, sent: 30, costE4: 0, args: { id: 4_000 + i } },
  { tool: 'mail', atMs: at + 40_000, allowed: true, sent: 120, costE4: 100, args: mail(`person${i}@customer.example`) },
];
const usualSession = (i: number, calls = usualCalls(START + i * DAY, i)): SessionSummary =>
  summariseSession({ openedAtMs: START + i * DAY, endedAtMs: START + i * DAY + 60_000, calls, results: calls.map(() => ({ read: 500, records: 2, tokens: 100 })), said: 200 });
const known = (sessions = 30): History => historyOf(JSON.parse(JSON.stringify(makeBaseline(Array.from({ length: sessions }, (_, i) => usualSession(i))))));
const NOW = START + 31 * DAY;

function live(calls: readonly (readonly [tool: string, atMs: number])[] = []): LiveSummary {
  const summary = new LiveSummary(NOW);
  for (const [tool, atMs] of calls) summary.note({ tool, atMs, denied: false, sent: 60, costE4: 0 });
  return summary;
}
const look = (tool: string, args: Record<string, unknown>, more: Partial<Look> = {}): Look => ({ tool, read: readArguments(args), sent: 100, costE4: 0, nowMs: NOW + 30_000, ...more });
const sentences = (history: History, summary: LiveSummary, one: Look) => behaviourView(history, weigh(history, summary, one)).reasons.map(({ sentence }) => sentence);
const before = live([['search', NOW], ['read', NOW + 10_000]]);

describe('what is as always', () => {
  it('scores nothing and is no finding', () => {
    const weighed = weigh(known(), before, look('mail', mail('someone@customer.example')));
    expect(weighed).toMatchObject({ history: true, score: 0, reasons: [], firstSeenTool: false, firstSeenDestination: false });
    expect(behaviourView(known(), weighed)).toEqual({ history: { sessions: 30, calls: 90, days: 30 }, score: 0, reasons: [] });
  });

  it('is unknown of fewer than five sessions, and says so', () => {
    const history = known(4);
    expect(history).toEqual(noHistory);
    const weighed = weigh(history, before, look('mail', mail('eve@evil.example')));
    expect(weighed).toMatchObject({ history: false, score: 0, firstSeenDestination: false });
    expect(behaviourView(history, weighed)).toEqual({ history: null, why: 'too_few', score: 0, reasons: [] });
    expect(known(5).kind).toBe('known');
  });

  it('is unknown where what was stored cannot be understood', () => expect(historyOf({ format: 7 })).toEqual({ kind: 'none', why: 'unavailable' }));
});

describe('what differs is said in words', () => {
  it.each<[string, LiveSummary, Look, string, string]>([
    ['a new destination', before, look('mail', mail('eve@evil.example')), 'first_seen_destination', 'evil.example: never seen in 90 calls over 30 days.'],
    ['a place known from elsewhere only', live(), look('search', { query: 'see https://customer.example/x', limit: 10 }), 'first_seen_destination', 'customer.example: never in /query of search in 30 calls, only elsewhere.'],
    ['a new argument', before, look('read', { id: 4_010, note: 'x' }), 'unusual_shape', '/note: never given in 30 calls of read.'],
    ['a new tool', before, look('delete_all', {}), 'first_seen_tool', 'delete_all: never called in 90 calls over 30 days.'],
    ['a size', before, look('mail', mail('a@customer.example', 'x'.repeat(1_134))), 'unusual_size', 'Size: 18× the median.'],
    ['a number', before, look('search', { query: 'word', limit: 9_000 }), 'unusual_number', '/limit is 9,000, usually about 10.'],
    ['many calls', live(Array.from({ length: 49 }, (_, i) => ['search', NOW - 49 * 60_000 + i * 60_000] as const)), look('search', { query: 'word', limit: 10 }), 'unusual_count', '50 calls in this session, usually 3.'],
    ['a quick row of calls', live(Array.from({ length: 29 }, (_, i) => ['read', NOW + i * 500] as const)), look('read', { id: 4_001 }), 'unusual_rate', '30 calls within a minute, usually 3 at most.'],
    ['another kind of value', before, look('read', { id: 'all of them' }), 'unusual_shape', '/id is a text, which it was in none of 30 calls.'],
  ])('%s', (_name, summary, one, kind, sentence) => {
    const history = known();
    const weighed = weigh(history, summary, one);
    expect(weighed.reasons.map((reason) => reason.kind)).toContain(kind);
    expect(weighed.reasons.find((reason) => reason.kind === kind)!.say()).toBe(sentence);
  });

  it('says of results, tokens and output what came together', () => {
    const summary = live([['search', NOW]]);
    summary.finish({ read: 400_000, records: 5_000, tokens: 90_000 });
    summary.say(50_000);
    const said = weigh(known(), summary, look('read', { id: 4_001 })).reasons.map((reason) => reason.say());
    expect(said).toEqual(expect.arrayContaining(['391 KB of results in this session, usually 1 KB.', '5,000 records read in this session, usually 6.', '90,000 tokens used in this session, usually 300.', '49 KB of output in this session, usually 200 B.']));
  });

  it('says of a tool what came before it, once enough is known', () => {
    const history = known(120);
    const [reason] = weigh(history, live([['mail', NOW]]), look('read', { id: 4_001 })).reasons.filter(({ kind }) => kind === 'unusual_order');
    expect(reason).toBeUndefined();
    const [rare] = weigh(history, live([['search', NOW]]), look('mail', mail('a@customer.example'))).reasons.filter(({ kind }) => kind === 'unusual_order');
    expect(rare?.say()).toBe('mail right after search: 0 of 120 times before.');
  });

  it('gives the three that weigh most, heaviest first, and the same each time', () => {
    const summary = live(Array.from({ length: 60 }, (_, i) => ['read', NOW + i * 300] as const));
    const one = look('mail', { ...mail('eve@evil.example', 'x'.repeat(20_000)), bcc: 'mallory@other.example' });
    const first = sentences(known(), summary, one);
    expect(first).toHaveLength(3);
    expect(first[0]).toBe('evil.example: never seen in 90 calls over 30 days.');
    expect(sentences(known(), summary, one)).toEqual(first);
  });

  it('makes findings of what weighs something, never more than medium', () => {
    const weighed = weigh(known(), before, look('mail', mail('eve@evil.example')));
    expect(behaviourFindings(weighed)).toEqual([{ detector: 'behaviour', kind: 'first_seen_destination', severity: 'medium', path: '/to' }]);
    expect(notableKinds(weighed)).toEqual(['first_seen_destination']);
    expect(weighed.firstSeenDestination).toBe(true);
  });

  it('expects new places of an agent that always goes to new ones', () => {
    const crawler = historyOf(makeBaseline(Array.from({ length: 30 }, (_, i) => usualSession(i, [{ tool: 'fetch', atMs: START + i * DAY, allowed: true, sent: 40, costE4: 0, args: { url: `https://site${i}.example/` } }]))));
    const weighed = weigh(crawler, live(), look('fetch', { url: 'https://another.example/' }));
    expect(weighed.firstSeenDestination).toBe(true);
    expect(weighed.score).toBe(0);
  });

  it('learns nothing from the arguments of what was refused', () => {
    const refused = (i: number): CallFacts => ({ tool: 'mail', atMs: START + i * DAY, allowed: false, sent: 100, costE4: 0, args: mail('eve@evil.example') });
    const history = historyOf(makeBaseline(Array.from({ length: 10 }, (_, i) => usualSession(i, [...usualCalls(START + i * DAY, i), refused(i)]))));
    expect(weigh(history, before, look('mail', mail('eve@evil.example'))).firstSeenDestination).toBe(true);
  });
});

describe('the score', () => {
  it('rises with the number of calls and with the size, and never falls', () => {
    const history = known();
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), fc.nat({ max: 30_000 }), fc.nat({ max: 30_000 }), (a, b, s, t) => {
      const score = (calls: number, size: number) => weigh(history, live(Array.from({ length: calls }, () => ['read', NOW] as const)), look('mail', mail('a@customer.example', 'x'.repeat(size)))).score;
      const [few, many, small, large] = [Math.min(a, b), Math.max(a, b), Math.min(s, t), Math.max(s, t)];
      // More of the longer text means a larger size; where it is far shorter than usual nothing is said either way.
      expect(score(many, large)).toBeGreaterThanOrEqual(score(few, small));
    }), { numRuns: 30 });
  });

  it('is a whole number from 0 to 100, whatever was learned and whatever is asked', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(1e308, -1e308, 2 ** 53, 0), fc.string({ unit: 'binary' }), fc.string().map((text) => `a@${text}.example`), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 4 }));
    const call = fc.record({ tool: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', ''), fc.string()), args: fc.dictionary(fc.oneof(fc.constantFrom('x', '__proto__', 'constructor'), fc.string({ unit: 'binary' })), value, { maxKeys: 5 }), sent: fc.double({ min: 0, max: 1e300, noNaN: true }), costE4: fc.double({ min: 0, max: 1e300, noNaN: true }), allowed: fc.boolean(), atMs: fc.integer({ min: 0, max: 8e15 }) });
    fc.assert(fc.property(fc.array(fc.array(call, { maxLength: 6 }), { minLength: 5, maxLength: 8 }), fc.array(call, { minLength: 1, maxLength: 10 }), (sessions, now) => {
      const summaries = sessions.map((calls, i) => sessionSummarySchema.parse(JSON.parse(JSON.stringify(summariseSession({ openedAtMs: i, endedAtMs: i + 1, calls, results: [], said: 0 })))));
      const history = historyOf(JSON.parse(JSON.stringify(makeBaseline(summaries))));
      expect(history.kind).toBe('known');
      const summary = new LiveSummary(0);
      for (const { tool, args, sent, costE4, allowed, atMs } of now) {
        const weighed = weigh(history, summary, { tool, read: readArguments(args), sent, costE4, nowMs: atMs });
        expect(Number.isInteger(weighed.score) && weighed.score >= 0 && weighed.score <= 100).toBe(true);
        for (const { sentence, points } of behaviourView(history, weighed).reasons) {
          expect(sentence).toMatch(/^[\x20-\x7e×…]+$/);
          expect(sentence).not.toMatch(/NaN|undefined/);
          expect(Number.isInteger(points)).toBe(true);
        }
        summary.note({ tool, atMs, denied: !allowed, sent, costE4 });
      }
    }), { numRuns: 40 });
  });
});

describe('what is kept', () => {
  it('is bounded with ten thousand tools, domains and arguments, and knows that some found no room', () => {
    const sessions = Array.from({ length: 40 }, (_, s) => usualSession(s, Array.from({ length: 250 }, (_, i): CallFacts => {
      const n = s * 250 + i;
      return { tool: `tool${n}`, atMs: START + n, allowed: true, sent: 10, costE4: 0, args: { [`field${n}`]: Array.from({ length: 20 }, (__, k) => `a@d${n}-${k}.example`).join(' ') } };
    })));
    expect(Math.max(...sessions.map((one) => JSON.stringify(one).length))).toBeLessThan(64_000);
    const baseline = makeBaseline(sessions);
    expect(Object.keys(baseline.tools).length).toBeLessThanOrEqual(128);
    expect(baseline.moreTools).toBeGreaterThan(9_000);
    expect(JSON.stringify(baseline).length).toBeLessThan(500_000);
    const one = makeBaseline(Array.from({ length: 200 }, (_, s) => usualSession(s, Array.from({ length: 50 }, (__, i): CallFacts => ({ tool: 'mail', atMs: START, allowed: true, sent: 10, costE4: 0, args: mail(`a@d${s * 50 + i}.example`) })))));
    expect(Object.keys(one.tools.mail!.fields['/to']!.domains)).toHaveLength(256);
    expect(one.tools.mail!.fields['/to']).toMatchObject({ seen: 10_000, more: 9_744 });
  });

  it('is the same in whichever order the sessions come', () => {
    const sessions = Array.from({ length: 12 }, (_, i) => usualSession(i));
    expect(makeBaseline([...sessions].reverse())).toEqual(makeBaseline(sessions));
  });

  it('follows an agent that changes: what left the window is not usual any more', () => {
    const moved = Array.from({ length: 20 }, (_, i) => usualSession(i, [{ tool: 'mail', atMs: START + i * DAY, allowed: true, sent: 100, costE4: 0, args: mail('a@new.example') }]));
    expect(weigh(historyOf(makeBaseline(moved)), live(), look('mail', mail('a@new.example'))).score).toBe(0);
    expect(weigh(historyOf(makeBaseline(moved)), live(), look('mail', mail('a@customer.example'))).firstSeenDestination).toBe(true);
  });
});

describe('a live session', () => {
  it('goes on after a restart as if there had been none', () => {
    const whole = live([['search', NOW], ['read', NOW + 1_000], ['read', NOW + 2_000]]);
    const again = new LiveSummary(NOW);
    again.restore({ figures: { calls: 3, sent: 180 }, tools: [['search', 1], ['read', 2]], last: 'read', recent: [[NOW, 1], [NOW + 1_000, 1], [NOW + 2_000, 1]] });
    const one = look('mail', mail('eve@evil.example'));
    expect(weigh(known(), again, one)).toMatchObject({ score: weigh(known(), whole, one).score });
    expect(again.perMinute(NOW + 3_000)).toBe(3);
    expect(again.figures(NOW + 3_000)).toMatchObject({ calls: 3, sent: 180 });
  });

  it('forgets a minute after a minute, and survives a clock that is set back', () => {
    const summary = live([['a', NOW], ['a', NOW + 59_000], ['a', NOW + 130_000]]);
    expect(summary.perMinute(NOW + 130_000)).toBe(1);
    summary.note({ tool: 'a', atMs: NOW, denied: false, sent: 0, costE4: 0 });
    expect(summary.perMinute(NOW + 130_000)).toBeGreaterThanOrEqual(1);
    expect(summary.figures(NOW).calls).toBe(4);
  });

  it('remembers no more tools than it has room for', () => {
    const summary = live(Array.from({ length: 10_000 }, (_, i) => [`tool${i}`, NOW] as const));
    expect(summary.figures(NOW).calls).toBe(10_000);
    expect(summary.callsOf('tool5')).toBe(1);
    expect(summary.callsOf('tool9000')).toBe(0);
  });
});
