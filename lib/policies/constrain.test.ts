import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { severities, type Finding } from '@/lib/protocol/decision';
import type { Constraint } from '@/lib/sessions/schema';
import type { Outcome } from './cedar/evaluate';
import { mergeRoutes } from './cedar/merge-routes';
import { constrain, constrainingFinding, seenSentence } from './constrain';
import { measures, usualConstrained } from './constrained-mode';
import { bundleSchema, type Bundle } from './schema';
import { starterBundle } from './starter';
import { validateBundle } from './validate/validate-bundle';

const starter = starterBundle();
const bundle = (constrained?: unknown): Bundle => bundleSchema.parse({ ...starter, constrained });
const tool = (name: string) => starter.tools.find((one) => one.name === name)!;
const why: Constraint = { by: 'result', detector: 'injection', kind: 'hidden_text', seq: 14 };
const permit: Outcome = { effect: 'permit', rules: [{ id: 'r', effect: 'permit' }], reason: 'Fine.', erroredPolicyIds: [] };
const ask: Outcome = { effect: 'ask', rules: [{ id: 'a', effect: 'ask' }], reason: 'Look.', erroredPolicyIds: [], obligation: mergeRoutes(['routine'], starter.routes) };
const others: Outcome[] = [{ effect: 'forbid', rules: [], reason: 'No.', erroredPolicyIds: [] }, { effect: 'no_match', rules: [], reason: 'None.', erroredPolicyIds: [] }, { effect: 'error', rules: [], reason: 'Broken.', erroredPolicyIds: ['a'] }];

describe('what a constrained session is left with', () => {
  it('reads on, writes its own tickets, waits for a person with what leaves, and neither runs code nor moves money', () => {
    const effects = Object.fromEntries(['read_ticket', 'read_customer', 'update_ticket', 'send_email', 'fetch_url', 'export_customers', 'run_command', 'issue_refund', 'write_file'].map((name) => [name, constrain(permit, tool(name), starter, why).effect]));
    expect(effects).toEqual({ read_ticket: 'permit', read_customer: 'permit', update_ticket: 'permit', send_email: 'ask', fetch_url: 'ask', export_customers: 'ask', run_command: 'forbid', issue_refund: 'forbid', write_file: 'forbid' });
  });

  it('says in a sentence what was seen, where, and what to do', () => {
    expect(constrain(permit, tool('send_email'), starter, why)).toMatchObject({ effect: 'ask', rules: [{ id: 'constrained', effect: 'ask' }], obligation: { routes: ['untrusted-outbound'] }, reason: 'This session is constrained since event 14: the injection detector saw “hidden text” in a tool’s result, so a person decides about send_email.' });
    expect(constrain(permit, tool('run_command'), starter, why)).toMatchObject({ rules: [{ id: 'constrained', effect: 'forbid' }], reason: 'This session is constrained since event 14: the injection detector saw “hidden text” in a tool’s result, and a constrained session may not use run_command. Go on without it, or ask a person to lift that.' });
    expect(seenSentence({ ...why, by: 'rule', rule: 'injection-high' })).toBe('The injection detector saw “hidden text”, for which the alert rule injection-high has it constrained.');
  });

  it('asks by the routes of the rules and by its own, and keeps both reasons', () => {
    const outcome = constrain(ask, tool('send_email'), starter, why);
    expect(outcome).toMatchObject({ effect: 'ask', rules: [{ id: 'a' }, { id: 'constrained' }], obligation: { routes: ['routine', 'untrusted-outbound'], risk: 'high', ownerCounts: false } });
    expect(outcome.reason).toBe('Look. Constrained since event 14: injection, “hidden text”.');
    // Judged while the text is being written: its event has no number yet.
    expect(constrain(ask, tool('send_email'), starter, { ...why, seq: 0 })).toMatchObject({ reason: 'Look. Constrained: injection, “hidden text”.' });
    expect(constrain(permit, tool('send_email'), starter, { ...why, seq: 0 })).toMatchObject({ reason: expect.stringMatching(/^This session is constrained: the injection detector saw/) });
  });

  it('goes by the tool’s name, else by the strictest of its classes, else by whether it only reads', () => {
    expect(constrain(permit, tool('fetch_url'), bundle({ classes: { 'external-communication': 'deny', 'read-only': 'allow' } }), why).effect).toBe('forbid');
    expect(constrain(permit, tool('fetch_url'), bundle({ tools: { fetch_url: 'allow' }, classes: { 'external-communication': 'deny' } }), why)).toBe(permit);
    expect(constrain(permit, tool('read_ticket'), bundle({ readOnly: 'deny' }), why).effect).toBe('forbid');
    expect(constrain(permit, tool('update_ticket'), bundle({ classes: {}, others: 'deny' }), why).effect).toBe('forbid');
  });

  it('never widens, whatever the bundle and the rules say', () => {
    const measure = fc.constantFrom(...measures);
    const mode = fc.record({ tools: fc.dictionary(fc.constantFrom(...starter.tools.map(({ name }) => name)), measure), classes: fc.dictionary(fc.constantFrom(...starter.tools.flatMap(({ classes }) => classes)), measure), readOnly: measure, others: measure, route: fc.option(fc.constantFrom(...Object.keys(starter.routes)), { nil: undefined }) });
    const strictness = { permit: 0, ask: 1, forbid: 2, no_match: 2, error: 2 } as const;
    fc.assert(fc.property(mode, fc.constantFrom(...starter.tools), fc.constantFrom(permit, ask, ...others), (constrained, one, said) => {
      const outcome = constrain(said, one, bundle(JSON.parse(JSON.stringify(constrained))), why);
      expect(strictness[outcome.effect]).toBeGreaterThanOrEqual(strictness[said.effect]);
      if (said.effect === 'ask' && outcome.effect === 'ask') expect(outcome.obligation.routes).toEqual(expect.arrayContaining(['routine']));
      if (others.includes(said)) expect(outcome).toBe(said);
    }));
  });

  it('holds a bundle that says nothing to the defaults: what writes is asked by a grave route, and denied where there is none', () => {
    const silent = { ...starter, constrained: undefined };
    expect(bundleSchema.parse(JSON.parse(JSON.stringify(silent))).constrained).toBeUndefined();
    expect(constrain(permit, tool('update_ticket'), silent, why)).toMatchObject({ effect: 'ask', obligation: { risk: 'high' } });
    expect(constrain(permit, tool('run_command'), silent, why).effect).toBe('forbid');
    expect(constrain(permit, tool('read_ticket'), silent, why)).toBe(permit);
    expect(constrain(permit, tool('update_ticket'), { ...silent, routes: {} }, why).effect).toBe('forbid');
  });
});

describe('what constrains a session', () => {
  const finding = (over: Partial<Finding> = {}): Finding => ({ detector: 'injection', kind: 'override', severity: 'medium', score: 0.7, ...over });
  const by = (findings: Finding[], constrained: unknown, where: 'input' | 'result' | 'output' = 'result', verdict: 'clean' | 'flagged' | 'blocked' = 'flagged') => constrainingFinding(bundle(constrained), { verdict, findings }, where);

  it('is by default an injection that flags, and the canary; not personal data, a secret or what is only low', () => {
    const usual = (findings: Finding[]) => constrainingFinding({ constrained: undefined }, { verdict: 'flagged', findings }, 'input');
    expect(usual([finding()])).toEqual(finding());
    expect(usual([finding({ detector: 'canary', kind: 'canary_leaked', severity: 'critical' })])).toBeDefined();
    expect(usual([finding({ severity: 'low' }), finding({ detector: 'personal-data', severity: 'high' }), finding({ detector: 'secrets', severity: 'high' })])).toBeUndefined();
    expect(constrainingFinding(starter, { verdict: 'clean', findings: [] }, 'result')).toBeUndefined();
  });

  it('is told by the gravest of several', () => {
    const grave = finding({ kind: 'covert_request', severity: 'high' });
    expect(by([finding(), grave, finding({ score: 0.9 })], {})).toBe(grave);
  });

  it('takes all that one condition says, and one of several', () => {
    const when = [{ in: ['result'], detectors: ['injection'], kinds: ['override'], minSeverity: 'medium', minScore: 0.6, verdict: 'flagged' }, { detectors: ['egress'], minSeverity: 'high' }];
    expect(by([finding()], { when })).toBeDefined();
    for (const [other, where, verdict] of [[{ score: 0.5 }, 'result', 'flagged'], [{ kind: 'other' }, 'result', 'flagged'], [{ severity: 'low' }, 'result', 'flagged'], [{ detector: 'secrets' }, 'result', 'flagged'], [{}, 'input', 'flagged'], [{}, 'result', 'clean']] as const) expect(by([finding(other)], { when }, where, verdict), JSON.stringify([other, where, verdict])).toBeUndefined();
    expect(by([finding({ detector: 'egress', severity: 'high' })], { when }, 'output')).toBeDefined();
    expect(by([finding({ detector: 'canary', score: undefined })], { when: [{ minScore: 1 }] })).toBeDefined();
    expect(by([finding({ severity: 'info' })], { when: [{ verdict: 'flagged' }] }, 'output', 'blocked')).toBeDefined();
    expect(by([finding({ severity: 'critical' })], { when: [] })).toBeUndefined();
  });

  it('names in every severity what is at least that grave', () => {
    fc.assert(fc.property(fc.constantFrom(...severities), fc.constantFrom(...severities), (least, severity) => {
      expect(by([finding({ severity })], { when: [{ minSeverity: least }] }) !== undefined).toBe(severities.indexOf(severity) >= severities.indexOf(least));
    }));
  });
});

it('is refused by validation when it names a route or tool that is not there, and warns of a class that no tool has', () => {
  const said = (constrained: unknown) => validateBundle(JSON.parse(JSON.stringify(bundle(constrained)))).findings.filter(({ path }) => path.startsWith('/constrained')).map(({ level, path }) => [level, path]);
  expect(said({ route: 'nowhere', tools: { no_such_tool: 'deny' }, classes: { 'no-such-class': 'deny' } })).toEqual([['error', '/constrained/route'], ['error', '/constrained/tools/no_such_tool'], ['warning', '/constrained/classes/no-such-class']]);
  expect(said({ route: 'payments' })).toEqual([]);
  expect(usualConstrained.route).toBeUndefined();
});
