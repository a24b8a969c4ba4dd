import { coveringCapability } from '@/lib/agents/rules';
import { ARGUMENT_HISTORY, argumentDeviations, behaviourFindings, behaviourView, firstSeenPlaces, notableKinds, readArguments, weigh, type BehaviourView, type ReadArguments, type Weighed } from '@/lib/behaviour';
import { lookAtArguments } from '@/lib/inspect';
import type { ActiveBundle } from '@/lib/policies';
import { constrain, evaluate, isUntrusted, readFacts, resourceOf, validateArgs, type Limit, type Obligation, type PreparedTool } from '@/lib/policies';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { DecisionCode, Finding, Provenance, RuleHit } from '@/lib/protocol/decision';
import type { StandingOrder, StandingOrders } from '@/lib/switches/rules';
import { matchingOrder } from '@/lib/switches/rules';
import type { Budgets, Reservation } from './budgets';
import { traceAction } from './checks/provenance';
import type { LiveSession } from './live-session';
import { costOf } from './money';
import type { PlanStanding } from './plans';

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
  behaviour?: BehaviourView;
  /** Takes what the limits set aside; to be called once, when the decision is written. Returns what gives it back, for a decision that was not written after all. */
  commit?: () => () => void;
};

export type JudgeInput = {
  session: LiveSession;
  body: Pick<AgentEventBody<'action.request'>, 'tool' | 'args' | 'estimate'>;
  /** How the action stands to the plan that it names; without one it names none. */
  plan?: Pick<PlanStanding, 'submitted' | 'conforms' | 'stable' | 'findings'>;
  active: ActiveBundle;
  orders: StandingOrders;
  budgets: Budgets;
  /** The bundle's own unless given: none for what has its place in them already. */
  limits?: readonly Limit[];
  environment: string;
  now: Date;
  monotonicMs: number;
  /** Bytes of the arguments as they are stored, where they are already. */
  sent?: number;
  observe?: (check: string, ms: number) => void;
};

const deny = (code: DecisionCode, reason: string, more: Partial<Judgement> = {}): Judgement => ({ effect: 'deny', code, reason, rules: [], findings: [], provenance: {}, reservations: [], costE4: 0, ...more });

/** Runs the checks in their order and stops at the first that denies: switch, session, capability, schema, facts, budget, inspect, provenance, behaviour, policy, and what a constrained session is left with of what that allows. No I/O. */
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
  const budget = input.budgets.check(input.limits ?? active.prepared.bundle.limits, { sessionId: session.row.id, agentId: session.row.agentId, principalId: principalOf(session), tool: tool.tool, ...cost, rows: body.estimate?.records ?? 0, now: input.now, monotonicMs: input.monotonicMs, usage: session.usage });
  if (!budget.ok) return deny('budget.exceeded', budget.reason, { tool });
  passed('budget');

  const inspected = lookAtArguments(body.args, { channel: 'argument', trusted: false, canary: session.row.canary, delimiter: session.row.delimiter, domains: active.prepared.bundle.organisation.domains }, active.prepared.bundle.inspection);
  const { current } = session.history;
  const read = current.kind === 'known' ? readArguments(body.args) : { size: 0, leaves: [] };
  const deviations = argumentDeviations(current, body.tool, read, active.prepared.bundle.inspection);
  const { domains } = active.prepared.bundle.organisation;
  const places = firstSeenPlaces(current, body.tool, read, domains, active.prepared.bundle.inspection);
  const seen: Finding[] = [...inspected.findings, ...deviations.findings, ...places.findings];
  if (inspected.worst === 'blocked' || deviations.worst === 'blocked') return deny('inspect.blocked', blockedSentence(seen, inspected.worst === 'blocked'), { tool, findings: seen });
  passed('inspect');

  const provenance = traceAction(tool.tool, body.args, session.seen);
  const plan = input.plan ?? noPlan;
  const findings = [...seen, ...taintFindings(provenance, session.row.untrustedSeen), ...plan.findings];
  passed('provenance');

  const weighed = unlikeUsual(input, read, cost.costE4);
  // What was said of a value already is not said twice.
  findings.push(...behaviourFindings(weighed).filter(({ kind, path }) => !deviations.findings.some((one) => one.kind === kind && one.path === path)));
  passed('behaviour');

  // What has its place in the limits already is in the session's figures as well.
  const own = isCounted(input) ? { calls: 0, costE4: 0 } : { calls: 1, costE4: cost.costE4 };
  const constraint = session.row.constrained ?? undefined;
  const said = evaluate(active.prepared, {
    tool: body.tool,
    facts: facts.facts,
    principal: { sessionId: session.row.id, instanceId: session.row.instanceId, agentId: session.row.agentId, agentName: session.agent.name },
    session: { untrustedSeen: session.row.untrustedSeen, enforced: session.row.enforcement === 'enforced', principalType: session.row.principal?.type ?? 'none', principalVerified: session.row.principal?.verified ?? false, behaviourScore: weighed.score, constrained: constraint !== undefined },
    provenance,
    findings,
    budgets: { callsThisMinute: recentCalls(session, input.monotonicMs) + own.calls, callsThisSession: session.calls + own.calls, sessionCostMinor: toMinor(session.costE4 + own.costE4), dayCostMinor: toMinor(input.budgets.dayCost(session.row.agentId, input.now) + own.costE4) },
    plan: { submitted: plan.submitted, conforms: plan.conforms, stable: plan.stable },
    behaviour: { history: weighed.history, firstSeenTool: weighed.firstSeenTool, firstSeenDestination: weighed.firstSeenDestination || places.names.length > 0, firstSeenIn: places.names, reasons: notableKinds(weighed) },
    environment: input.environment,
    now: input.now,
  });
  const outcome = constraint ? constrain(said, tool.tool, active.prepared.bundle, constraint) : said;
  passed('policy');
  const common = { rules: outcome.rules, findings, provenance, tool, costE4: cost.costE4, behaviour: behaviourView(current, weighed, [...places.lines, ...deviations.lines]) };
  switch (outcome.effect) {
    case 'permit': return { ...common, effect: 'allow', code: 'policy.permit', reason: outcome.reason, reservations: budget.reservations, commit: budget.commit };
    case 'ask': return { ...common, effect: 'ask', code: 'approval.pending', reason: outcome.reason, reservations: budget.reservations, commit: budget.commit, obligation: outcome.obligation };
    case 'forbid': return { ...common, effect: 'deny', code: 'policy.forbid', reason: outcome.reason, reservations: [] };
    case 'no_match': return { ...common, effect: 'deny', code: 'policy.no_match', reason: outcome.reason, reservations: [] };
    case 'error': return { ...common, effect: 'deny', code: 'policy.error', reason: outcome.reason, reservations: [] };
  }
}

const isCounted = ({ limits }: JudgeInput): boolean => limits !== undefined;

/** How this call differs from what its agent usually does. */
function unlikeUsual(input: JudgeInput, read: ReadArguments, costE4: number): Weighed {
  const { session, body, active, sent, now } = input;
  return weigh(session.history.current, session.behaviour, { tool: body.tool, read, sent: sent ?? read.size, costE4, nowMs: now.getTime(), counted: isCounted(input), own: active.prepared.bundle.organisation.domains });
}
/** A name that nobody vouches for is the agent's own: it takes nothing from anybody else's limit. */
const principalOf = ({ row }: LiveSession) => (row.principal === null ? undefined : row.principal.verified ? row.principal.id : `${row.agentId} ${row.principal.id}`);

const noPlan: PlanStanding = { submitted: false, conforms: false, stable: true, findings: [] };

/** What may not leave, and what to do; never the text itself. */
function blockedSentence(findings: readonly Finding[], mayNotLeave: boolean): string {
  const canary = findings.find(({ detector }) => detector === 'canary');
  if (canary) return `${canary.path ? `The argument ${canary.path} holds` : 'The arguments hold'} this session's canary, which nothing that leaves the session may hold: the agent is passing on what it was told to keep. Look at what it read last before it goes on.`;
  if (!mayNotLeave) return `${findings.find(({ detector }) => detector === ARGUMENT_HISTORY)?.path ?? 'An argument'} is unlike anything that it has held before, and this policy lets nothing of the kind through.`;
  return 'The arguments hold what may not leave. Ask again without it.';
}

function taintFindings(provenance: Provenance, untrustedSeen: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const [path, source] of Object.entries(provenance)) {
    if (source.seq !== undefined && source.origin !== 'model' && isUntrusted(source.origin, untrustedSeen)) findings.push({ detector: 'provenance', kind: 'untrusted_argument', severity: 'medium', path });
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
