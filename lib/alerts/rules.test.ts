import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualAlertRules, type AlertRule } from '@/lib/policies/schema';
import { severities } from '@/lib/protocol/decision';
import { frameworksOf } from './frameworks';
import { actsOf, gather, ruleOf, step, type Gathering, type SeenFinding } from './rules';

const minute = 60_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const rule = (id: string, more: Partial<AlertRule> = {}): AlertRule => ({ id, when: { minSeverity: 'low' }, severity: 'high', act: 'queue', incident: false, withinMs: 60 * minute, ...more });
const seen = (more: { at?: number; detector?: string; kind?: string; severity?: (typeof severities)[number]; sessionId?: string; seq?: number; path?: string } = {}): SeenFinding => ({
  sessionId: more.sessionId ?? 's1', agentId: 'a1', seq: more.seq ?? 1, type: 'input.added', at: new Date(start + (more.at ?? 0)).toISOString(),
  finding: { detector: more.detector ?? 'injection', kind: more.kind ?? 'direct', severity: more.severity ?? 'high', ...(more.path === undefined ? {} : { path: more.path }) },
});
let ids = 0;
const nextId = () => `id-${++ids}`;

const anyFinding = fc.record({
  at: fc.integer({ min: 0, max: 10 * 60 }).map((minutes) => minutes * minute), detector: fc.constantFrom('injection', 'canary', 'egress', 'secrets'), kind: fc.constantFrom('a', 'b'), severity: fc.constantFrom(...severities),
  sessionId: fc.constantFrom('s1', 's2', 's3'), seq: fc.integer({ min: 1, max: 400 }), path: fc.constantFrom('/to', '/body', undefined),
}).map(({ path, ...more }) => seen({ ...more, ...(path === undefined ? {} : { path }) }));
const inOrder = fc.array(anyFinding, { maxLength: 120 }).map((list) => list.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));

describe('gathering findings', () => {
  it('loses no count and makes up none, in however many pages they are read', () => {
    fc.assert(fc.property(inOrder, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 }), (all, sizes) => {
      const standing: Gathering[] = [];
      let at = 0;
      for (let page = 0; at < all.length; page++) {
        const size = sizes[page % sizes.length]!;
        const { raised } = gather(usualAlertRules, standing, all.slice(at, at + size), nextId);
        standing.push(...raised);
        at += size;
      }
      const matched = all.filter((one) => ruleOf(usualAlertRules, one.finding));
      expect(standing.reduce((sum, one) => sum + one.count, 0)).toBe(matched.length);
      for (const one of standing) {
        const its = matched.filter((found) => ruleOf(usualAlertRules, found.finding)!.id === one.rule && found.sessionId === one.sessionId && found.finding.detector === one.detector && found.finding.kind === one.kind && found.at >= one.firstAt && found.at <= one.lastAt);
        expect(its.length).toBeGreaterThanOrEqual(one.count);
        expect(one.evidence.length).toBeLessThanOrEqual(25);
      }
    }));
  });

  it('does not depend on where a page ends', () => {
    fc.assert(fc.property(inOrder, fc.nat(), (all, where) => {
      const cut = all.length === 0 ? 0 : where % all.length;
      const facts = (list: Gathering[]) => list.map(({ rule: id, sessionId, detector, kind, count, firstAt, lastAt, evidence }) => ({ id, sessionId, detector, kind, count, firstAt, lastAt, evidence }));
      const { raised: whole } = gather(usualAlertRules, [], all, nextId);
      const { raised: first } = gather(usualAlertRules, [], all.slice(0, cut), nextId);
      const { raised: second } = gather(usualAlertRules, first, all.slice(cut), nextId);
      expect(facts([...first, ...second])).toEqual(facts(whole));
    }));
  });

  it('makes one alert of what comes again within the rule’s time, and another after it', () => {
    const { raised } = gather([rule('r')], [], [seen(), seen({ at: 59 * minute }), seen({ at: 118 * minute }), seen({ at: 179 * minute })], nextId);
    expect(raised.map(({ count }) => count)).toEqual([3, 1]);
    expect(raised[0]).toMatchObject({ firstAt: new Date(start).toISOString(), lastAt: new Date(start + 118 * minute).toISOString() });
  });

  it('keeps sessions, kinds and detectors apart, and counts one place of one event together', () => {
    expect(gather([rule('r')], [], [seen(), seen({ sessionId: 's2' }), seen({ kind: 'hidden' }), seen({ detector: 'egress' })], nextId).raised).toHaveLength(4);
    const [one] = gather([rule('r')], [], [seen({ path: '/to' }), seen({ path: '/to' }), seen({ path: '/cc' })], nextId).raised;
    expect(one!.evidence).toMatchObject([{ path: '/to', times: 2 }, { path: '/cc', times: 1 }]);
  });

  it('keeps the first places and the last ones of a flood', () => {
    const [one] = gather([rule('r')], [], Array.from({ length: 1_000 }, (_, index) => seen({ seq: index + 1 })), nextId).raised;
    expect(one!.count).toBe(1_000);
    expect(one!.evidence.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, ...Array.from({ length: 20 }, (_, index) => 981 + index)]);
  });
});

describe('a rule', () => {
  it('is the first that matches', () => {
    const rules = [rule('canary', { when: { detectors: ['canary'], minSeverity: 'info' } }), rule('kind', { when: { kinds: ['hidden'], minSeverity: 'high' } }), rule('rest', { when: { minSeverity: 'medium' } })];
    expect(ruleOf(rules, { detector: 'canary', kind: 'hidden', severity: 'low' })?.id).toBe('canary');
    expect(ruleOf(rules, { detector: 'injection', kind: 'hidden', severity: 'high' })?.id).toBe('kind');
    expect(ruleOf(rules, { detector: 'injection', kind: 'hidden', severity: 'medium' })?.id).toBe('rest');
    expect(ruleOf(rules, { detector: 'injection', kind: 'hidden', severity: 'low' })).toBeUndefined();
    // A word that only a newer gateway knows is not overlooked.
    expect(ruleOf(rules, { detector: 'injection', kind: 'x', severity: 'catastrophic' })?.id).toBe('rest');
  });

  it('acts once a session in a reading, by what it said first', () => {
    const rules = [rule('stop', { when: { detectors: ['canary'], minSeverity: 'low' }, act: 'stop', incident: true }), rule('constrain', { act: 'constrain' })];
    const acts = actsOf(rules, [seen(), seen({ detector: 'canary', seq: 2 }), seen({ detector: 'canary', seq: 3 }), seen({ detector: 'canary', seq: 9, sessionId: 's2' })]);
    expect(acts.map(({ sessionId, act, seq, rule: id }) => [sessionId, act, seq, id])).toEqual([['s1', 'constrain', 1, 'constrain'], ['s1', 'stop', 2, 'stop'], ['s2', 'stop', 9, 'stop']]);
  });

  it('of the usual ones stops for a canary, holds back for an injection, and only calls for the rest', () => {
    const says = (detector: string, severity: (typeof severities)[number]) => { const found = ruleOf(usualAlertRules, { detector, kind: 'x', severity }); return found && [found.severity, found.act]; };
    expect(says('canary', 'critical')).toEqual(['critical', 'stop']);
    expect(says('injection', 'high')).toEqual(['high', 'constrain']);
    expect(says('injection', 'medium')).toEqual(['medium', 'queue']);
    expect(says('egress', 'critical')).toEqual(['critical', 'pause']);
    expect(says('secrets', 'high')).toEqual(['medium', 'queue']);
    expect([says('secrets', 'low'), says('provenance', 'medium')]).toEqual([undefined, undefined]);
  });
});

it('is acknowledged once, assigned again and again, and closed for good', () => {
  expect([step('open', 'acknowledge'), step('acknowledged', 'acknowledge').ok, step('assigned', 'acknowledge').ok]).toEqual([{ ok: true, state: 'acknowledged' }, false, false]);
  for (const from of ['open', 'acknowledged', 'assigned'] as const) expect([step(from, 'assign'), step(from, 'close')]).toEqual([{ ok: true, state: 'assigned' }, { ok: true, state: 'closed' }]);
  for (const what of ['acknowledge', 'assign', 'close'] as const) expect(step('closed', what)).toMatchObject({ ok: false });
});

it('is named in both catalogues by its detector, and more closely by its kind', () => {
  expect(frameworksOf({ detector: 'injection', kind: 'direct' })).toEqual({ atlas: [{ id: 'AML.T0051', name: 'LLM Prompt Injection' }], owasp: [{ id: 'ASI01', name: 'Agent Goal Hijack' }] });
  expect(frameworksOf({ detector: 'injection', kind: 'role_play' }).atlas.map(({ id }) => id)).toEqual(['AML.T0051', 'AML.T0054']);
  expect(frameworksOf({ detector: 'unheard-of', kind: 'constructor' })).toEqual({ atlas: [], owasp: [] });
});
