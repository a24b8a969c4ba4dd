import type { AlertAct, AlertRule, AlertSeverity } from '@/lib/policies/schema';
import { severities, type Finding } from '@/lib/protocol/decision';
import type { AlertStateName, Evidence } from './schema';

/** One finding and the event that it stands in. `at` is when that event was recorded. */
export type SeenFinding = { sessionId: string; agentId: string; seq: number; type: string; at: string; finding: Finding };
/** An alert as findings are counted onto it. */
export type Gathering = { id: string; rule: string; agentId: string; sessionId: string; detector: string; kind: string; count: number; firstAt: string; lastAt: string; evidence: Evidence[] };
export type Raised = Gathering & { severity: AlertSeverity; act: AlertAct; incident: boolean; seq: number };
/** What a rule does at once about a finding. */
export type Act = { sessionId: string; seq: number; rule: string; act: Exclude<AlertAct, 'queue' | 'page'>; detector: string; kind: string; severity: AlertSeverity; incident: boolean };

/** How many places an alert names: the first ones, which say how it began, and the last. */
const FIRST_KEPT = 5;
const LAST_KEPT = 20;

const rank = (severity: string) => severities.findIndex((one) => one === severity);

/** The first rule that a finding matches; undefined: it calls nobody. A severity that nobody knows counts as the gravest. */
export function ruleOf(rules: readonly AlertRule[], { detector, kind, severity }: Pick<Finding, 'detector' | 'kind'> & { severity: string }): AlertRule | undefined {
  const found = rank(severity) < 0 ? severities.length : rank(severity);
  return rules.find(({ when }) => (when.detectors?.includes(detector) ?? true) && (when.kinds?.includes(kind) ?? true) && found >= rank(when.minSeverity));
}

/**
 * Counts findings onto the alerts that stand, and raises new ones: one for what the same rule saw of the same detector's kind in
 * the same session within the rule's time. `standing` are those that nobody has closed; they are changed in place and come back
 * in `counted` where something was added. Every finding that a rule matches is counted exactly once.
 */
export function gather(rules: readonly AlertRule[], standing: readonly Gathering[], seen: readonly SeenFinding[], newId: () => string): { raised: Raised[]; counted: Gathering[] } {
  const newest = new Map<string, Gathering>();
  for (const one of [...standing].sort((a, b) => (a.lastAt < b.lastAt ? -1 : 1))) newest.set(keyOf(one.rule, one, one.detector, one.kind), one);
  const raised = new Set<Gathering>();
  const counted = new Set<Gathering>();
  for (const one of seen) {
    const rule = ruleOf(rules, one.finding);
    if (!rule) continue;
    const { detector, kind } = one.finding;
    const key = keyOf(rule.id, one, detector, kind);
    const alert = newest.get(key);
    if (alert && Date.parse(one.at) - Date.parse(alert.lastAt) <= rule.withinMs) {
      count(alert, one);
      if (!raised.has(alert)) counted.add(alert);
      continue;
    }
    const fresh: Raised = { id: newId(), rule: rule.id, agentId: one.agentId, sessionId: one.sessionId, detector, kind, count: 0, firstAt: one.at, lastAt: one.at, evidence: [], severity: rule.severity, act: rule.act, incident: rule.incident, seq: one.seq };
    count(fresh, one);
    newest.set(key, fresh);
    raised.add(fresh);
  }
  return { raised: [...raised] as Raised[], counted: [...counted] };
}

/** What is to be done at once, once a session and act: the gravest thing a rule said of it stands in for the others. */
export function actsOf(rules: readonly AlertRule[], seen: readonly SeenFinding[]): Act[] {
  const acts = new Map<string, Act>();
  for (const { sessionId, seq, finding } of seen) {
    const rule = ruleOf(rules, finding);
    if (!rule || rule.act === 'queue' || rule.act === 'page' || acts.has(`${sessionId} ${rule.act}`)) continue;
    acts.set(`${sessionId} ${rule.act}`, { sessionId, seq, rule: rule.id, act: rule.act, detector: finding.detector, kind: finding.kind, severity: rule.severity, incident: rule.incident });
  }
  return [...acts.values()];
}

const keyOf = (rule: string, { agentId, sessionId }: { agentId: string; sessionId: string }, detector: string, kind: string) => JSON.stringify([rule, agentId, sessionId, detector, kind]);

function count(alert: Gathering, { seq, type, at, finding }: SeenFinding): void {
  alert.count += 1;
  if (at > alert.lastAt) alert.lastAt = at;
  const same = alert.evidence.find((one) => one.seq === seq && one.path === finding.path && one.span?.[0] === finding.span?.[0] && one.span?.[1] === finding.span?.[1]);
  if (same) { same.times += 1; return; }
  alert.evidence.push({ seq, type, at, severity: finding.severity, ...(finding.path === undefined ? {} : { path: finding.path }), ...(finding.span ? { span: finding.span } : {}), times: 1 });
  if (alert.evidence.length > FIRST_KEPT + LAST_KEPT) alert.evidence.splice(FIRST_KEPT, 1);
}

export type Step = 'acknowledge' | 'assign' | 'close';

/** What somebody makes of an alert, from where it stands. Closed is final: what is seen afterwards raises a new one. */
export function step(from: AlertStateName, what: Step): { ok: true; state: AlertStateName } | { ok: false; because: string } {
  if (from === 'closed') return { ok: false, because: 'Somebody has closed this alert already. What is seen from now on raises a new one.' };
  if (what === 'acknowledge') return from === 'open' ? { ok: true, state: 'acknowledged' } : { ok: false, because: from === 'assigned' ? 'This alert is assigned already.' : 'Somebody has acknowledged this alert already.' };
  return { ok: true, state: what === 'assign' ? 'assigned' : 'closed' };
}
