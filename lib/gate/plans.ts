import type { Finding } from '@/lib/protocol/decision';
import { actionDigest } from '@/lib/protocol/digest';
import type { Args } from '@/lib/protocol/primitives';

/** A step as the agent submitted it. */
export type PlanStep = { id: string; tool: string; args: Args; dependsOn?: readonly string[]; maxRetries?: number };

type Step = { tool: string; digest: string; dependsOn: readonly string[]; maxRetries: number };
type Plan = { steps: ReadonlyMap<string, Step>; /** Other than the one before it, and made after untrusted input was read. */ unstable: boolean };
type Progress = { runs: number; done: boolean };

/** A session that has submitted more plans than this has forgotten the oldest: whoever still acts by it acts outside any plan. */
export const MOST_PLANS = 16;
/** Actions under way whose step is remembered; the oldest make room. */
const MOST_ACTIONS = 512;

/** How an action stands to the plan that it names, as rules see it. */
export type PlanStanding = { submitted: boolean; conforms: boolean; stable: boolean; findings: Finding[] };

/** The plans that a session has submitted and the gate found valid, and how far each has come. */
export class Plans {
  private readonly plans = new Map<string, Plan>();
  private readonly progress = new Map<string, Progress>();
  private readonly stepOf = new Map<string, string>();
  private lastHash: string | undefined;

  get empty(): boolean { return this.plans.size === 0; }

  /** Whether a plan with this hash would be another one than the session has followed so far, made after it has read untrusted input. */
  wouldBeUnstable(traceHash: string, untrustedSeen: boolean): boolean {
    return untrustedSeen && this.lastHash !== undefined && this.lastHash !== traceHash;
  }

  add(planId: string, traceHash: string, steps: readonly PlanStep[], unstable: boolean): void {
    this.plans.set(planId, { unstable, steps: new Map(steps.map((step) => [step.id, { tool: step.tool, digest: actionDigest(step.tool, step.args), dependsOn: step.dependsOn ?? [], maxRetries: step.maxRetries ?? 0 }])) });
    this.lastHash = traceHash;
    while (this.plans.size > MOST_PLANS) {
      const oldest = this.plans.keys().next().value!;
      this.plans.delete(oldest);
      for (const key of this.progress.keys()) if (key.startsWith(`${oldest} `)) this.progress.delete(key);
    }
  }

  /** Says where the action leaves the plan. A session that never submitted one has nothing to leave. */
  standing(action: { tool: string; digest: string; planId?: string; stepId?: string }): PlanStanding {
    if (this.empty) return { submitted: false, conforms: false, stable: true, findings: [] };
    const plan = action.planId === undefined ? undefined : this.plans.get(action.planId);
    const step = action.stepId === undefined ? undefined : plan?.steps.get(action.stepId);
    if (!plan || !step) return { submitted: plan !== undefined, conforms: false, stable: plan ? !plan.unstable : true, findings: [seen('outside_plan', 'medium'), ...(plan?.unstable ? [seen('plan_changed_after_untrusted', 'medium')] : [])] };
    const findings = [...departures(action, step, (id) => this.progress.get(keyOf(action.planId!, id)), this.progress.get(keyOf(action.planId!, action.stepId!)))];
    return { submitted: true, conforms: findings.length === 0, stable: !plan.unstable, findings: plan.unstable ? [...findings, seen('plan_changed_after_untrusted', 'medium')] : findings };
  }

  /** The action was allowed, or a person is asked about it: its step has been run once more. */
  began(actionId: string, planId: string | undefined, stepId: string | undefined): void {
    if (planId === undefined || stepId === undefined || !this.plans.get(planId)?.steps.has(stepId)) return;
    const key = keyOf(planId, stepId);
    const progress = this.progress.get(key) ?? { runs: 0, done: false };
    this.progress.set(key, { ...progress, runs: progress.runs + 1 });
    this.stepOf.set(actionId, key);
    if (this.stepOf.size > MOST_ACTIONS) this.stepOf.delete(this.stepOf.keys().next().value!);
  }

  /** Its result is on record. A step is done once it has succeeded; what was refused in the end has not been run. */
  ended(actionId: string, how: 'ok' | 'error' | 'refused'): void {
    const key = this.stepOf.get(actionId);
    if (key === undefined) return;
    this.stepOf.delete(actionId);
    const progress = this.progress.get(key);
    if (!progress) return;
    if (how === 'refused') this.progress.set(key, { ...progress, runs: Math.max(0, progress.runs - 1) });
    else if (how === 'ok') this.progress.set(key, { ...progress, done: true });
  }
}

function* departures(action: { tool: string; digest: string }, step: Step, progressOf: (id: string) => Progress | undefined, own: Progress | undefined): Generator<Finding> {
  if (action.tool !== step.tool) yield seen('other_tool_than_planned', 'high');
  else if (action.digest !== step.digest) yield seen('other_arguments_than_planned', 'low');
  if (step.dependsOn.some((id) => !progressOf(id)?.done)) yield seen('step_out_of_order', 'medium');
  if (own && own.runs > step.maxRetries) yield seen('step_repeated', 'low');
}

const seen = (kind: string, severity: Finding['severity']): Finding => ({ detector: 'plan', kind, severity });
const keyOf = (planId: string, stepId: string) => `${planId} ${stepId}`;
