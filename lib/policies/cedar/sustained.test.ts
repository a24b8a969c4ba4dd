import { expect, it } from 'vitest';
import { readFacts } from '../read-facts';
import { starterBundle } from '../starter';
import { slotsMade } from './engine';
import { evaluate } from './evaluate';
import { prepareBundle, prepareBundleGently } from './prepare-bundle';

const base = {
  principal: { sessionId: 's', instanceId: 'i', agentId: 'a', agentName: 'n' }, session: { untrustedSeen: false, enforced: true, principalType: 'none', principalVerified: false, behaviourScore: 0 },
  findings: [], budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 }, plan: { submitted: false, conforms: false, stable: true }, environment: 'local', now: new Date(0), provenance: {},
} as const;

it('keeps Cedar’s memory while bundles come and go, and every one of them decides by its own rules', async () => {
  const bundle = starterBundle();
  const closed = { ...bundle, policies: { ...bundle.policies, closed: { text: '@reason("Closed.") forbid (principal, action, resource);' } } };
  let active = prepareBundle(bundle);
  prepareBundle(closed).dispose();
  const slots = slotsMade();
  for (let round = 1; round <= 12; round += 1) {
    const next = await prepareBundleGently(round % 2 ? closed : bundle);
    active.dispose();
    expect(evaluate(active, { ...base, tool: 'read_ticket', facts: {} })).toMatchObject({ effect: 'error' });
    active = next;
    expect(evaluate(active, { ...base, tool: 'read_ticket', facts: {} }).effect).toBe(round % 2 ? 'forbid' : 'permit');
  }
  expect(slotsMade()).toBe(slots);
  active.dispose();
});

it('survives sustained distinct decisions and remembers no more than it may', () => {
  const bundle = starterBundle();
  const prepared = prepareBundle({ ...bundle, policies: { ...bundle.policies, named: { text: '@reason("x") forbid (principal, action, resource == Tool::"send_email") when { context.args.to.addresses.contains("nobody@example.org") };' } } });
  const tool = prepared.tools.get('send_email')!;
  const seen = { permit: 0, ask: 0, forbid: 0, no_match: 0, error: 0 };
  for (let n = 0; n < 10_000; n += 1) {
    const read = readFacts(prepared, tool, { to: n % 2 ? `p${n}@example.org` : `p${n}@x.test`, subject: 's', body: 'b' });
    if (read.ok) seen[evaluate(prepared, { ...base, tool: 'send_email', facts: read.facts }).effect] += 1;
  }
  expect(seen).toEqual({ permit: 5_000, ask: 5_000, forbid: 0, no_match: 0, error: 0 });
  expect(tool.memo.size).toBe(512);
  prepared.dispose();
});
