import { coveringCapability } from '@/lib/agents/rules';
import type { ActiveBundle } from '@/lib/policies';
import { evaluate, isUntrusted, readFacts, resourceOf, validateArgs, type Limit, type Obligation, type PreparedTool } from '@/lib/policies';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { DecisionCode, Finding, Provenance, RuleHit } from '@/lib/protocol/decision';
import type { StandingOrder, StandingOrders } from '@/lib/switches/rules';
import { matchingOrder } from '@/lib/switches/rules';
import { costOf, type Budgets, type Reservation } from './budgets';
import { traceArguments } from './checks/provenance';
import type { LiveSession } from './live-session';

/** What the checks say about one action, before it is written. */
export type Judgement = {
  effect: 'allow' | 'deny' | 'ask';
  code: DecisionCode;
  reason: string;
  rules: readonly RuleHit[];
  findings: Finding[];
  provenance: Provenance;
  reservations: Reservation[];
  costE4: number;
  tool?: PreparedTool;
  obligation?: Obligation;
  /** Takes what the limits set aside; to be called once, when the decision is written. */
  commit?: () => void;
};

export type JudgeInput = {
  session: LiveSession;
  body: Pick<AgentEventBody<'action.request'>, 'tool' | 'args' | 'estimate' | 'planId' | 'stepId'>;
  active: ActiveBundle;
  orders: StandingOrders;
  budgets: Budgets;
  /** The bundle's own unless given: none for what has its place in them already. */
  limits?: readonly Limit[];
  environment: string;
  now: Date;
  monotonicMs: number;
  observe?: (check: string, ms: number) => void;
};

const deny = (code: DecisionCode, reason: string, more: Partial<Judgement> = {}): Judgement => ({ effect: 'deny', code, reason, rules: [], findings: [], provenance: {}, reservations: [], costE4: 0, ...more });

/** Runs the checks in their order and stops at the first that denies: switch, session, capability, schema, facts, budget, provenance, policy. No I/O. */
export function judge(input: JudgeInput): Judgement {
  const { session, body, active, observe } = input;
  const tool = active.prepared.tools.get(body.tool);
  let from = observe ? performance.now() : 0;
  const passed = (check: string) => {
    if (!observe) return;
    const to = performance.now();
    observe(check, to - from);
    from = to;
  };

  const order = matchingOrder(input.orders, { sessionId: session.row.id, instanceId: session.row.instanceId, agentId: session.row.agentId, classes: tool?.tool.classes ?? [], environment: input.environment });
  passed('switch');
  if (order) return deny('switch.engaged', switchSentence(order), { ...(tool ? { tool } : {}) });

  if (session.row.state !== 'open') return deny('session.not_open', sessionSentence(session.row.state));
  passed('session');

  if (!tool) return deny('tool.unknown', `The tool "${body.tool}" is not in the registry, so no rule can speak about it. Ask for a tool that the policy names.`);
  const resource = resourceOf(active.prepared, tool, body.args);
  const { toolset, operation } = tool.tool;
  if (!coveringCapability(session.agent.capabilities, toolset, operation, resource) || !coveringCapability(session.tokenCapabilities, toolset, operation, resource)) {
    return deny('capability.missing', capabilitySentence(session, tool, resource), { tool });
  }
  passed('capability');

  const issues = validateArgs(tool, body.args);
  if (issues.length > 0) return deny('schema.invalid', `The arguments do not fit ${body.tool}: ${issues.slice(0, 3).map((issue) => `${issue.path || 'they'} ${issue.message}`).join('; ')}.`, { tool });
  passed('schema');

  const facts = readFacts(active.prepared, tool, body.args);
  if (!facts.ok) return deny('schema.invalid', `What ${body.tool} is asked to do cannot be read for certain: ${facts.issues.slice(0, 3).map((issue) => `${issue.path || 'it'} ${issue.message}`).join('; ')}.`, { tool });
  passed('facts');

  const cost = costOf(active.prepared.bundle, body.tool, body.estimate?.cost);
  const budget = input.budgets.check(input.limits ?? active.prepared.bundle.limits, { sessionId: session.row.id, agentId: session.row.agentId, tool: tool.tool, ...cost, now: input.now, monotonicMs: input.monotonicMs, running: session.running });
  if (!budget.ok) return deny('budget.exceeded', budget.reason, { tool });
  passed('budget');

  const provenance = traceArguments(body.args, session.seen);
  const findings = taintFindings(provenance, session.row.untrustedSeen);
  passed('provenance');

  const planned = body.planId === undefined ? undefined : session.plans.get(body.planId);
  const outcome = evaluate(active.prepared, {
    tool: body.tool,
    facts: facts.facts,
    principal: { sessionId: session.row.id, instanceId: session.row.instanceId, agentId: session.row.agentId, agentName: session.agent.name },
    session: { untrustedSeen: session.row.untrustedSeen, enforced: session.row.enforcement === 'enforced', principalType: session.row.principal?.type ?? 'none', principalVerified: session.row.principal?.verified ?? false, behaviourScore: 0 },
    provenance,
    findings,
    budgets: { callsThisMinute: recentCalls(session, input.monotonicMs) + 1, callsThisSession: session.calls + 1, sessionCostMinor: toMinor(session.costE4 + cost.costE4), dayCostMinor: toMinor(input.budgets.dayCost(session.row.agentId, input.now) + cost.costE4) },
    plan: { submitted: planned !== undefined, conforms: planned !== undefined && body.stepId !== undefined && planned.has(body.stepId) },
    environment: input.environment,
    now: input.now,
  });
  passed('policy');
  const common = { rules: outcome.rules, findings, provenance, tool, costE4: cost.costE4 };
  switch (outcome.effect) {
    case 'permit': return { ...common, effect: 'allow', code: 'policy.permit', reason: outcome.reason, reservations: budget.reservations, commit: budget.commit };
    case 'ask': return { ...common, effect: 'ask', code: 'approval.pending', reason: outcome.reason, reservations: budget.reservations, commit: budget.commit, obligation: outcome.obligation };
    case 'forbid': return { ...common, effect: 'deny', code: 'policy.forbid', reason: outcome.reason, reservations: [] };
    case 'no_match': return { ...common, effect: 'deny', code: 'policy.no_match', reason: outcome.reason, reservations: [] };
    case 'error': return { ...common, effect: 'deny', code: 'policy.error', reason: outcome.reason, reservations: [] };
  }
}

function taintFindings(provenance: Provenance, untrustedSeen: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const [path, source] of Object.entries(provenance)) {
    if (source.seq !== undefined && isUntrusted(source.origin, untrustedSeen)) findings.push({ detector: 'provenance', kind: 'untrusted_argument', severity: 'medium', path });
    if (findings.length >= 50) break;
  }
  return findings;
}

/** Rules count in hundredths; what is under way is rounded up, never down. */
const toMinor = (costE4: number): number => Math.ceil(costE4 / 100);

const MINUTE_MS = 60_000;
function recentCalls(session: LiveSession, nowMs: number): number {
  const calls = session.recentCalls;
  let old = 0;
  while (old < calls.length && calls[old]! < nowMs - MINUTE_MS) old += 1;
  if (old > 0) calls.splice(0, old);
  return calls.length;
}

function switchSentence(order: StandingOrder): string {
  const what = order.kind === 'pause' ? 'paused' : 'stopped';
  switch (order.scope) {
    case 'session': return `This session is ${what} by a person. Nothing runs in it.`;
    case 'instance': return `This instance is ${what}. Nothing runs in it until the stop is released.`;
    case 'agent': return `This agent is ${what}. Nothing runs until the stop is released.`;
    case 'class': return `All tools of class ${order.target} are ${what}. Other tools may still be asked for.`;
    case 'global': return `Everything is ${what}. Nothing runs until the stop is released.`;
  }
}

function sessionSentence(state: string): string {
  switch (state) {
    case 'lost': return 'This session is lost: its lease lapsed. Renew the lease and open the session again by its id.';
    case 'paused': return 'This session is paused. It keeps its state; ask again when it is resumed.';
    case 'stopped': return 'This session was stopped, and that is final.';
    default: return `This session is ${state}. Open a new one.`;
  }
}

function capabilitySentence(session: LiveSession, { tool }: PreparedTool, resource: string | undefined): string {
  const held = session.agent.capabilities.filter((capability) => capability.tool === tool.toolset);
  const wanted = `${tool.operation} in ${tool.toolset}${resource === undefined ? '' : ` on "${resource.slice(0, 120)}"`}`;
  if (held.length === 0) return `This agent has no capability for ${tool.toolset}, which ${tool.name} takes (${wanted}). Its owner can ask an administrator for one.`;
  return `This agent's capabilities do not cover ${wanted}. It holds ${held.slice(0, 4).map((one) => `${one.actions.join(',')} on ${one.scope}`).join('; ')}.`;
}
