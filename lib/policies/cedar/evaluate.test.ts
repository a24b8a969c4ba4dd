import { afterEach, describe, expect, it } from 'vitest';
import { bundleSchema, type BundleInput } from '../schema';
import { readFacts, validateArgs } from '../read-facts';
import { evaluate, type Outcome } from './evaluate';
import type { PolicyRequest } from './context';
import { prepareBundle, type PreparedBundle } from './prepare-bundle';

const routes: BundleInput['routes'] = {
  one: { groups: [{ role: 'responder', quorum: 1 }], decideByMs: 600_000, useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: true, risk: 'low' },
  two: { groups: [{ role: 'responder', quorum: 2 }, { team: 'payments', quorum: 1 }], decideByMs: 300_000, escalateAfterMs: 290_000, useByMs: 90_000, stepUp: true, reasonRequired: true, ownerCounts: false, risk: 'high' },
};
const tools: BundleInput['tools'] = [
  { name: 'send', toolset: 'mail', operation: 'send', resource: '/to', classes: ['external-communication'], inputSchema: { type: 'object', properties: { to: { type: 'string' }, n: { type: 'integer' }, note: { type: 'string' } }, required: ['to'] }, formats: { '/to': 'email-list' } },
  { name: 'other', toolset: 'misc', operation: 'do', classes: [], inputSchema: { type: 'object' } },
];
const open: PreparedBundle[] = [];
function prepared(policies: Record<string, string>): PreparedBundle {
  const bundle = prepareBundle(bundleSchema.parse({ format: 1, sequence: 1, name: 'test', organisation: { name: 'Example', domains: ['example.org'] }, policies: Object.fromEntries(Object.entries(policies).map(([id, text]) => [id, { text }])), tools, routes, limits: [] }));
  open.push(bundle);
  return bundle;
}
afterEach(() => open.splice(0).forEach((bundle) => bundle.dispose()));

function run(bundle: PreparedBundle, args: Record<string, unknown>, extra: Partial<PolicyRequest> = {}): Outcome {
  const tool = bundle.tools.get(extra.tool ?? 'send');
  if (!tool) throw new Error('no tool');
  expect(validateArgs(tool, args)).toEqual([]);
  const facts = readFacts(bundle, tool, args);
  if (!facts.ok) throw new Error(JSON.stringify(facts.issues));
  return evaluate(bundle, {
    tool: 'send', facts: facts.facts,
    principal: { sessionId: 's1', instanceId: 'i1', agentId: 'a1', agentName: 'support' },
    session: { untrustedSeen: false, enforced: true, principalType: 'none', principalVerified: false, behaviourScore: 0 },
    provenance: {}, findings: [], budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 },
    plan: { submitted: false, conforms: false, stable: true }, environment: 'local', now: new Date('2026-03-01T03:00:00Z'), ...extra,
  });
}
const inside = { to: 'a@example.org' };
const outside = { to: 'a@evil.test' };

describe('what the rules say', () => {
  it('denies what no rule allows', () => {
    const outcome = run(prepared({}), inside);
    expect(outcome).toMatchObject({ effect: 'no_match', rules: [] });
  });
  it('permits, and a forbid wins over every permit', () => {
    const bundle = prepared({
      allow: '@reason("Mail is allowed.") permit(principal, action == Action::"call", resource == Tool::"send");',
      stop: '@reason("Nothing leaves.") forbid(principal, action, resource in ToolClass::"external-communication") when { context.args.to.external };',
      ask: '@ask("one") permit(principal, action, resource in Toolset::"mail") when { context.args.to.external };',
    });
    expect(run(bundle, inside)).toMatchObject({ effect: 'permit', rules: [{ id: 'allow', effect: 'permit' }], reason: 'Mail is allowed.' });
    expect(run(bundle, outside)).toMatchObject({ effect: 'forbid', rules: [{ id: 'stop', effect: 'forbid' }], reason: 'Nothing leaves.' });
  });
  it('knows how a call differs from what its agent usually does', () => {
    const bundle = prepared({
      allow: 'permit(principal, action, resource);',
      strange: '@reason("Not like it.") forbid(principal, action, resource) when { context.behaviour.history && (context.behaviour.firstSeenDestination || context.behaviour.reasons.contains("unusual_rate") || context.session.behaviourScore > 60) };',
    });
    const known = { history: true, firstSeenTool: false, firstSeenDestination: false, firstSeenIn: [], reasons: [] };
    expect(run(bundle, outside).effect).toBe('permit');
    expect(run(bundle, outside, { behaviour: known }).effect).toBe('permit');
    expect(run(bundle, outside, { behaviour: { ...known, firstSeenDestination: true } }).effect).toBe('forbid');
    expect(run(bundle, outside, { behaviour: { ...known, reasons: ['unusual_rate'] } }).effect).toBe('forbid');
  });
  it('asks when a plain permit matches beside an asking one, by all routes together', () => {
    const outcome = run(prepared({
      plain: 'permit(principal, action, resource);',
      a: '@ask("one") @reason("First.") permit(principal, action, resource) when { context.args.to.external };',
      b: '@ask("two") @reason("Second.") permit(principal, action, resource == Tool::"send") when { context.args.to.count > 0 };',
    }), outside);
    expect(outcome).toMatchObject({
      effect: 'ask', reason: 'First. Second.',
      rules: [{ id: 'plain', effect: 'permit' }, { id: 'a', effect: 'ask' }, { id: 'b', effect: 'ask' }],
      obligation: { routes: ['one', 'two'], groups: [{ role: 'responder', quorum: 2 }, { team: 'payments', quorum: 1 }], decideByMs: 300_000, useByMs: 60_000, escalation: [], stepUp: true, reasonRequired: true, ownerCounts: false, risk: 'high' },
    });
  });
  it('takes the gravest risk that a route or an asking rule says, by what is known of the tool and of the call', () => {
    const risk = (rules: Record<string, string>) => {
      const outcome = run(prepared(rules), outside);
      return outcome.effect === 'ask' ? outcome.obligation.risk : outcome.effect;
    };
    const asks = '@ask("two") permit(principal, action, resource);';
    const plain = risk({ asks });
    expect(risk({ asks, graver: '@ask("two") @risk("critical") permit(principal, action, resource) when { !resource.readOnly && context.args.to.external };' })).toBe('critical');
    expect(risk({ asks, other: '@ask("two") @risk("critical") permit(principal, action, resource) when { resource.destructive };' })).toBe(plain);
    expect(risk({ asks: '@ask("two") @risk("low") permit(principal, action, resource);' })).toBe(plain);
    // Of what is allowed nobody reads a risk, and a forbid stays one.
    expect(risk({ plain: '@risk("critical") permit(principal, action, resource);' })).toBe('permit');
    expect(risk({ asks, no: '@risk("low") forbid(principal, action, resource);' })).toBe('forbid');
  });
  it('denies when any rule of the slice fails, even beside a permit', () => {
    const outcome = run(prepared({ plain: 'permit(principal, action, resource);', broken: 'forbid(principal, action, resource) when { context.args.n > 9223372036854775807 - 1 };' }), inside);
    expect(outcome).toMatchObject({ effect: 'error', erroredPolicyIds: ['broken'] });
  });
  it('does not look at rules about other tools', () => {
    const bundle = prepared({ allow: 'permit(principal, action, resource == Tool::"send");', broken: 'forbid(principal, action, resource == Tool::"other") when { context.nothing };' });
    expect(run(bundle, inside).effect).toBe('permit');
    expect(bundle.tools.get('send')?.slice.rules.size).toBe(1);
  });
  it('lets rules name the agent, by entity and by attribute', () => {
    const bundle = prepared({ a: 'permit(principal in Agent::"a1", action, resource);', b: 'forbid(principal, action, resource) when { principal.agentName == "rogue" };' });
    expect(run(bundle, inside).effect).toBe('permit');
    expect(run(bundle, inside, { principal: { sessionId: 's2', instanceId: 'i1', agentId: 'a2', agentName: 'x' } }).effect).toBe('no_match');
    expect(run(bundle, inside, { principal: { sessionId: 's1', instanceId: 'i1', agentId: 'a1', agentName: 'rogue' } }).effect).toBe('forbid');
  });
  it('knows where text came from', () => {
    const bundle = prepared({ allow: 'permit(principal, action, resource);', taint: 'forbid(principal, action, resource) when { context.tainted.contains("to") || context.provenance.note == "document" };' });
    const also: [] = [];
    expect(run(bundle, inside, { provenance: { '/to': { origin: 'user', also } } }).effect).toBe('permit');
    expect(run(bundle, inside, { provenance: { '/to': { origin: 'tool', also } } }).effect).toBe('forbid');
    expect(run(bundle, inside, { provenance: { '/to': { origin: 'user', also: [{ origin: 'tool', seq: 3 }] } } }).effect).toBe('forbid');
    expect(run(bundle, inside, { provenance: { '/note': { origin: 'document', also } } }).effect).toBe('forbid');
    expect(run(bundle, inside, { provenance: { '/to': { origin: 'model', also } } }).effect).toBe('permit');
  });
  it('answers the same from memory, and different input differently', () => {
    const bundle = prepared({ allow: 'permit(principal, action, resource) when { !(context.args has n) || context.args.n < 5 };' });
    expect(run(bundle, inside)).toBe(run(bundle, { ...inside, note: 'unread by any rule' }));
    expect(run(bundle, { ...inside, n: 4 }).effect).toBe('permit');
    expect(run(bundle, { ...inside, n: 5 }).effect).toBe('no_match');
  });
  it('refuses a bundle that asks by an unknown route', () => {
    expect(() => prepared({ a: '@ask("nowhere") permit(principal, action, resource);' })).toThrow(/nowhere/);
  });
});
