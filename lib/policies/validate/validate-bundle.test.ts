import { describe, expect, it } from 'vitest';
import { evaluate, prepareBundle } from '../cedar';
import { starterBundle } from '../starter';
import type { Bundle } from '../schema';
import { validateBundle } from './validate-bundle';

type Draft = { -readonly [K in keyof Bundle]: Bundle[K] };
function findings(change: (bundle: Draft) => void) {
  const bundle = structuredClone(starterBundle()) as Draft;
  change(bundle);
  const verdict = validateBundle(bundle);
  const said = verdict.findings.filter((finding) => finding.path !== '/routes/shell');
  return { ok: verdict.ok, said, text: said.map((finding) => `${finding.level} ${finding.path} ${finding.message}`).join('\n') };
}
const rule = (text: string) => findings((bundle) => { bundle.policies = { ...bundle.policies, mine: { text } }; });
const route = (extra: object) => findings((bundle) => { bundle.routes = { ...bundle.routes, routine: { ...bundle.routes.routine!, ...extra } }; });
const tool = (extra: object) => findings((bundle) => { bundle.tools = bundle.tools.map((one) => (one.name === 'read_ticket' ? { ...one, ...extra } : one)); });

describe('what blocks a bundle', () => {
  it.each([
    ['a syntax error, with its place', () => rule('permit (principal, action, resource) whn { true };'), /error \/policies\/mine invalid policy condition: whn/],
    ['an argument that the tool does not have', () => rule('@reason("x") forbid (principal, action, resource == Tool::"send_email") when { context.args.cc == "x" };'), /error \/policies\/mine attribute `args\.cc`.*not found/],
    ['an optional argument that is not asked for first', () => rule('@reason("x") forbid (principal, action, resource == Tool::"send_email") when { context.args.attachments.count > 3 };'), /error \/policies\/mine unable to guarantee safety of access to optional attribute `args\.attachments`/],
    ['a comparison of different types', () => rule('@reason("x") forbid (principal, action, resource == Tool::"send_email") when { context.args.to == "a@example.org" };'), /error \/policies\/mine/],
    ['a route that does not exist', () => rule('@ask("nowhere") @reason("x") permit (principal, action, resource);'), /error \/policies\/mine asks by the route "nowhere"/],
    ['a risk that is none', () => rule('@ask("routine") @risk("huge") @reason("x") permit (principal, action, resource);'), /error \/policies\/mine says the risk "huge"; a risk is low, medium, high, critical/],
    ['a forbid that asks', () => rule('@ask("routine") @reason("x") forbid (principal, action, resource);'), /error \/policies\/mine forbids and asks at once/],
    ['an action that never happens', () => rule('@reason("x") permit (principal, action == Action::"read", resource);'), /error \/policies\/mine speaks about an action that never happens/],
    ['a template', () => rule('@reason("x") permit (principal == ?principal, action, resource);'), /error \/policies\/mine/],
    ['two policies under one id', () => rule('permit (principal, action, resource); forbid (principal, action, resource);'), /error \/policies\/mine/],
    ['brackets without end', () => rule(`permit (principal, action, resource) when { ${'('.repeat(500)}true${')'.repeat(500)} };`), /error \/policies\/mine nests brackets more than 40 deep/],
    ['conditions without end', () => rule(`permit (principal, action, resource) when { ${Array.from({ length: 500 }, () => 'true').join(' || ')} };`), /error \/policies\/mine joins more than 100/],
    ['members without end', () => rule(`permit (principal, action, resource) when { context${'.contains(context)'.repeat(40)} };`), /error \/policies\/mine follows more than 32 members/],
    ['indexes without end', () => rule(`permit (principal, action, resource) when { context${'["a"]'.repeat(40)} };`), /error \/policies\/mine follows more than 32 members/],
    ['a role that does not exist', () => route({ groups: [{ role: 'boss', quorum: 1 }] }), /error \/routes\/routine names the role "boss"/],
    ['a route to viewers', () => route({ groups: [{ role: 'viewer', quorum: 1 }] }), /error \/routes\/routine asks viewers/],
    ['an escalation that comes too late', () => route({ escalateAfterMs: 900_000, decideByMs: 900_000 }), /error \/routes\/routine escalates only when/],
    ['a tier that comes too late', () => route({ escalation: [{ afterMs: 900_000, groups: [{ role: 'admin', quorum: 1 }] }], decideByMs: 900_000 }), /error \/routes\/routine escalates only when .* \(tier 1\)/],
    ['a tier that comes before the one below it', () => route({ escalation: [{ groups: [{ role: 'author', quorum: 1 }] }, { afterMs: 1_000, groups: [{ role: 'admin', quorum: 1 }] }] }), /error \/routes\/routine does not come after the tier before it \(tier 2\)/],
    ['tiers said in both ways', () => route({ escalation: [{ groups: [{ role: 'admin', quorum: 1 }] }], escalateTo: [{ role: 'admin', quorum: 1 }] }), /error \/routes\/routine says its tiers twice/],
    ['a tier of a role that does not exist', () => route({ escalation: [{ groups: [{ role: 'boss', quorum: 1 }] }] }), /error \/routes\/routine names the role "boss".*\(tier 1\)/],
    ['two of one person', () => route({ groups: [{ person: 'mara@example.org', quorum: 2 }] }), /error \/routes\/routine\/groups/],
    ['a person who is no address', () => route({ groups: [{ person: 'Mara', quorum: 1 }] }), /error \/routes\/routine\/groups/],
    ['a group named twice', () => route({ groups: [{ role: 'admin', quorum: 1 }, { role: 'admin', quorum: 2 }] }), /error \/routes\/routine names the role admin twice/],
    ['a one-time password at critical risk', () => route({ risk: 'critical', stepUp: true, stepUpBy: 'passkey_or_totp' }), /error \/routes\/routine is critical, where a one-time password is never enough/],
    ['a step-up by what is not known', () => route({ stepUp: true, stepUpBy: 'password' }), /error \/routes\/routine\/stepUpBy/],
    ['a quorum of none', () => route({ groups: [{ role: 'admin', quorum: 0 }] }), /error \/routes\/routine\/groups/],
    ['a tool twice', () => findings((bundle) => { bundle.tools = [...bundle.tools, bundle.tools[0]!]; }), /error \/tools\/search_articles is in the registry twice/],
    ['a format for a field that is not there', () => tool({ formats: { '/nothing': 'url' } }), /error \/tools\/read_ticket points to \/nothing/],
    ['a resource that is not there', () => tool({ resource: '/nothing' }), /error \/tools\/read_ticket points to \/nothing/],
    ['a schema that is none', () => tool({ inputSchema: { type: 'object', properties: { a: { type: 'strin' } } } }), /error \/tools\/read_ticket\/inputSchema schema is invalid/],
    ['a keyword nobody knows', () => tool({ inputSchema: { type: 'object', propertys: {} } }), /error \/tools\/read_ticket\/inputSchema strict mode: unknown keyword/],
    ['a schema that refers elsewhere', () => tool({ inputSchema: { type: 'object', properties: { a: { $ref: 'https://example.org/schema' } } } }), /error \/tools\/read_ticket\/inputSchema can't resolve reference/],
    ['arguments without names', () => tool({ inputSchema: { type: 'array' } }), /error \/tools\/read_ticket\/inputSchema must describe an object/],
    ['a reserved field', () => tool({ inputSchema: { type: 'object', properties: { __extn: { type: 'string' } } } }), /error \/tools\/read_ticket\/inputSchema names a field "__extn"/],
    ['an unknown field of the bundle', () => findings((bundle) => Object.assign(bundle, { extra: 1 })), /error \/ /],
    ['a limit on a tool that is not there', () => findings((bundle) => { bundle.limits = [{ on: { per: 'tool', name: 'gone' }, callsPerSession: 1 }]; }), /error \/limits\/0 names the tool "gone"/],
  ])('%s', (_what, make, expected) => {
    const { ok, text } = make();
    expect(text).toMatch(expected);
    expect(ok).toBe(false);
  });
});

describe('what its author should know', () => {
  it.each([
    ['a comparison by like', () => rule('@reason("x") forbid (principal, action, resource == Tool::"send_email") when { context.args.subject like "*urgent*" };'), /warning \/policies\/mine compares an argument by `like`/],
    ['a rule without a sentence', () => rule('forbid (principal in Agent::"a", action, resource);'), /warning \/policies\/mine has no @reason/],
    ['an annotation without meaning', () => rule('@reason("x") @owner("me") forbid (principal in Agent::"a", action, resource);'), /warning \/policies\/mine has an annotation @owner/],
    ['a risk of what nobody is asked about', () => rule('@reason("x") @risk("high") forbid (principal in Agent::"a", action, resource);'), /warning \/policies\/mine says a risk and asks nobody/],
    ['a risk that is not graver than the route’s', () => rule('@ask("payments") @risk("medium") @reason("x") permit (principal in Agent::"a", action, resource);'), /warning \/policies\/mine says the risk medium, and its route "payments" says high already/],
    ['a critical risk by a route without a passkey', () => rule('@ask("payments") @risk("critical") @reason("x") permit (principal in Agent::"a", action, resource) when { resource.destructive && resource.openWorld };'), /warning \/policies\/mine is critical, and its route "payments" does not ask for a passkey/],
    ['a rule about a tool that is not there', () => rule('@reason("x") forbid (principal, action, resource == Tool::"gone");'), /warning \/policies\/mine speaks about Tool::"gone"/],
    ['a tool without a rule', () => findings((bundle) => { bundle.policies = Object.fromEntries(Object.entries(bundle.policies).filter(([id]) => id !== 'crm.read')); }), /warning \/tools\/read_customer has no rule, so it is always denied/],
    ['a dangerous tool whose permits nobody redeems', () => tool({ classes: ['destructive'] }), /warning \/tools\/read_ticket is financial, destructive or runs code/],
    ['a step-up that is described and not asked for', () => route({ stepUp: false, stepUpBy: 'passkey_or_totp' }), /warning \/routes\/routine says what a step-up takes and asks for none/],
    ['a tier that asks nobody new', () => route({ groups: [{ role: 'admin', quorum: 1 }], escalation: [{ groups: [{ role: 'admin', quorum: 1 }] }] }), /warning \/routes\/routine asks only who was asked already \(tier 1\)/],
    ['two of a rota', () => route({ groups: [{ onCall: 'payments', quorum: 2 }] }), /warning \/routes\/routine needs 2 of who is on call for payments/],
    ['a time to escalate and nobody to escalate to', () => route({ escalateAfterMs: 60_000 }), /warning \/routes\/routine says when it escalates and not to whom/],
    ['a quorum that is rarely met', () => route({ groups: [{ role: 'admin', quorum: 9 }] }), /warning \/routes\/routine needs 9 of the role admin/],
  ])('%s', (_what, make, expected) => {
    const { ok, text } = make();
    expect(text).toMatch(expected);
    expect(ok).toBe(true);
  });
  it('points at the place in characters, not bytes', () => {
    const text = '// ünïcödé\npermit (principal, action, resource) whn { true };';
    const at = rule(text).said.find((finding) => finding.path === '/policies/mine')?.at;
    expect(text.slice(at?.start, at?.end)).toBe('whn');
  });
});

it('accepts the most intricate rule that its limits allow, and Cedar survives it', () => {
  const bundle = structuredClone(starterBundle()) as Draft;
  const nested = `${'(!(context.session.untrustedSeen && '.repeat(17)}true${'))'.repeat(17)}`;
  bundle.policies = {
    wide: { text: `@reason("x") permit (principal, action, resource) when { ${Array.from({ length: 100 }, (_, n) => `context.budgets.callsThisMinute > ${n}`).join(' || ')} };` },
    deep: { text: `@reason("x") permit (principal, action, resource) when { ${nested} };` },
    both: { text: `@reason("x") permit (principal, action, resource) when { ${'('.repeat(38)}${Array.from({ length: 100 }, (_, n) => `context.budgets.callsThisMinute > ${n}`).join(' && ')}${')'.repeat(38)} };` },
  };
  const verdict = validateBundle(bundle);
  expect(verdict.findings.filter((finding) => finding.level === 'error')).toEqual([]);
  const prepared = prepareBundle(bundle);
  const outcome = evaluate(prepared, {
    tool: 'read_ticket', facts: {}, principal: { sessionId: 's', instanceId: 'i', agentId: 'a', agentName: 'n' }, session: { untrustedSeen: true, enforced: true, principalType: 'none', principalVerified: false, behaviourScore: 0 },
    provenance: {}, findings: [], budgets: { callsThisMinute: 200, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 }, plan: { submitted: false, conforms: false, stable: true }, environment: 'local', now: new Date(0),
  });
  expect(outcome).toMatchObject({ erroredPolicyIds: [] });
  expect(outcome.effect).toBe('permit');
  prepared.dispose();
});
