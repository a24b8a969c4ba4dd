import type { Context } from '@/lib/context';
import { sessionEvent } from '@/lib/log';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { Finding } from '@/lib/protocol/decision';
import { newId } from '@/lib/protocol/ids';
import { createHash } from 'node:crypto';
import { append } from './check-output';
import { beginDecision, type Gate } from './gate';
import { judge } from './judge';
import type { LiveSession } from './live-session';
import { planProblems } from './plan-rules';
import { notePlan } from './recall-texts';
import { sealValue } from '@/lib/payloads';

/**
 * Checks a plan: its shape, and for each step what the gate would say now. A forecast is no decision: each step is asked for again. A plan
 * that is another one than before and was made after the session read untrusted input says so, to the agent, the rules and the people.
 */
export async function submitPlan(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'plan.submit'>): Promise<AgentAnswer<'plan.submit'>> {
  const problems = planProblems(body.steps, gate.bundle().prepared.bundle.settings.plans);
  const traceHash = createHash('sha256').update(canonicalJson(body.steps.map(({ id, tool, args, dependsOn = [] }) => ({ id, tool, args, dependsOn: [...dependsOn] })))).digest('hex');
  const unstable = session.plans.wouldBeUnstable(traceHash, session.row.untrustedSeen);
  const findings: Finding[] = unstable ? [{ detector: 'plan', kind: 'plan_changed_after_untrusted', severity: 'medium' }] : [];
  const view = beginDecision(gate);
  let steps: AgentAnswer<'plan.submit'>['steps'];
  try {
    steps = body.steps.map((step) => {
      const problem = problems.get(step.id);
      if (problem) return { id: step.id, forecast: 'deny' as const, reason: problem };
      const verdict = judge({ session, body: { tool: step.tool, args: step.args }, plan: { submitted: true, conforms: true, stable: !unstable, findings }, active: gate.bundle(), orders: view.orders, budgets: gate.budgets, environment: gate.environment, now: ctx.now(), monotonicMs: performance.now() });
      return { id: step.id, forecast: verdict.effect, reason: verdict.reason };
    });
  } finally {
    view.end();
  }
  const planId = newId();
  const verdict = problems.size > 0 || steps.some((step) => step.forecast === 'deny') ? 'refused' : 'valid';
  const sealed = sealValue(session.row.id, session.dataKey, 'plan', body.steps.map((step) => ({ ...step, dependsOn: step.dependsOn ?? [], maxRetries: step.maxRetries ?? 0 })));
  const tools = new Map(body.steps.map((step) => [step.id, step.tool]));
  const seq = await append(gate, ctx, session, () => ({
    events: [sessionEvent(session.row.id, 'plan.submitted', { planId, traceHash, verdict, steps: steps.map((step) => ({ ...step, tool: tools.get(step.id)! })), content: sealed.ref, findings }, { agentId: session.row.agentId })],
    payloads: [sealed.row],
  }));
  notePlan(session, seq, body.steps);
  if (verdict === 'valid') session.plans.add(planId, traceHash, body.steps, unstable);
  return { planId, traceHash, verdict, steps, findings };
}
