import { evaluate, prepareBundle, readFacts, starterBundle, type Bundle, type PolicyRequest, type PreparedBundle } from '@/lib/policies';
import { newId } from '@/lib/protocol/ids';
import { actionOf } from '../load/actions';
import { quantile } from '../report/figures';

/** The policy check's p95 in milliseconds, by round: with 200 policies, and with 2,000 more about other tools. */
export type Checks = { few: number[]; many: number[] };

const ROUNDS = 5;
const CALLS = 4_000;
const ABOUT_THIS = 20;

/**
 * The check alone, without the socket and the record. Every call is a page on a host that was never seen before, so that no remembered answer
 * is given: each asks Cedar. Twenty rules speak about the tool, the others about other tools.
 */
export async function measureChecks(): Promise<Checks> {
  const few = prepareBundle(withPolicies(200));
  const many = prepareBundle(withPolicies(2_200));
  const result: Checks = { few: [], many: [] };
  let n = 0;
  const once = (prepared: PreparedBundle) => {
    const times: number[] = [];
    for (let i = 0; i < CALLS; i++) times.push(timeOne(prepared, ++n));
    return quantile(times.sort((a, b) => a - b), 0.95);
  };
  once(few); once(many);
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, and breathing: the garbage of one is not charged to the other.
    result.few.push(once(few));
    result.many.push(once(many));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  few.dispose();
  many.dispose();
  return result;
}

function timeOne(prepared: PreparedBundle, n: number): number {
  const { args } = actionOf(2 * n + 1);
  const tool = prepared.tools.get('fetch_url')!;
  const from = performance.now();
  const read = readFacts(prepared, tool, args);
  if (!read.ok) throw new Error('the action does not fit its tool');
  const outcome = evaluate(prepared, requestOf(read.facts));
  const took = performance.now() - from;
  if (outcome.effect !== 'permit') throw new Error(`expected a permit, got ${outcome.effect}: ${outcome.reason}`);
  return took;
}

const principal = { sessionId: newId(), instanceId: newId(), agentId: newId(), agentName: 'load' };
const requestOf = (facts: PolicyRequest['facts']): PolicyRequest => ({
  tool: 'fetch_url', facts, principal, session: { untrustedSeen: false, enforced: false, principalType: 'none', principalVerified: false, behaviourScore: 0 },
  provenance: {}, findings: [], budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 }, plan: { submitted: false, conforms: false, stable: true }, environment: 'local', now: new Date(),
});

/** The starter bundle, filled up to so many policies: some about `fetch_url`, the others about tools of their own. */
function withPolicies(count: number): Bundle {
  const bundle = starterBundle(1);
  const policies = { ...bundle.policies };
  const tools = [...bundle.tools];
  const about = Object.values(policies).filter(({ text }) => text.includes('Tool::"fetch_url"')).length;
  for (let i = about; i < ABOUT_THIS; i++) policies[`extra.here-${i}`] = { text: `@reason("Not on Mars.")\nforbid (principal, action == Action::"call", resource == Tool::"fetch_url")\nwhen { context.args.url.hosts.contains("host-${i}.example.net") };` };
  const template = tools.find((tool) => tool.name === 'update_ticket')!;
  for (let i = 0; Object.keys(policies).length < count; i++) {
    const name = `other_${Math.floor(i / 10)}`;
    if (i % 10 === 0) tools.push({ ...template, name, toolset: 'other' });
    policies[`other.rule-${i}`] = { text: `@reason("Another tool.")\n${i % 3 === 0 ? 'forbid' : 'permit'} (principal, action == Action::"call", resource == Tool::"${name}")\nwhen { context.args.comment like "*word${i}*" && context.session.enforced };` };
  }
  return { ...bundle, tools, policies };
}
