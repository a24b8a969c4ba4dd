import type { Context } from '@/lib/context';
import { sessionEvent } from '@/lib/log';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { newId } from '@/lib/protocol/ids';
import { createHash } from 'node:crypto';
import { append } from './check-output';
import { beginDecision, type Gate } from './gate';
import { judge } from './judge';
import type { LiveSession } from './live-session';
import { sealValue } from '@/lib/payloads';

type Step = AgentEventBody<'plan.submit'>['steps'][number];

/** Checks a plan: its graph, and for each step what the gate would say now. A forecast is no decision: each step is asked for again. */
export async function submitPlan(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'plan.submit'>): Promise<AgentAnswer<'plan.submit'>> {
  const problems = graphProblems(body.steps);
  const view = beginDecision(gate);
  let steps: AgentAnswer<'plan.submit'>['steps'];
  try {
    steps = body.steps.map((step) => {
      const problem = problems.get(step.id);
      if (problem) return { id: step.id, forecast: 'deny' as const, reason: problem };
      const verdict = judge({ session, body: { tool: step.tool, args: step.args }, active: gate.bundle(), orders: view.orders, budgets: gate.budgets, environment: gate.environment, now: ctx.now(), monotonicMs: performance.now() });
      return { id: step.id, forecast: verdict.effect, reason: verdict.reason };
    });
  } finally {
    view.end();
  }
  const planId = newId();
  const traceHash = createHash('sha256').update(canonicalJson(body.steps.map(({ id, tool, args, dependsOn = [] }) => ({ id, tool, args, dependsOn: [...dependsOn] })))).digest('hex');
  const verdict = problems.size > 0 || steps.some((step) => step.forecast === 'deny') ? 'refused' : 'valid';
  const sealed = sealValue(session.row.id, session.dataKey, 'plan', body.steps.map((step) => ({ ...step, dependsOn: step.dependsOn ?? [], maxRetries: step.maxRetries ?? 0 })));
  const tools = new Map(body.steps.map((step) => [step.id, step.tool]));
  await append(gate, ctx, session, () => ({
    events: [sessionEvent(session.row.id, 'plan.submitted', { planId, traceHash, verdict, steps: steps.map((step) => ({ ...step, tool: tools.get(step.id)! })), content: sealed.ref }, { agentId: session.row.agentId })],
    payloads: [sealed.row],
  }));
  if (verdict === 'valid') session.plans.set(planId, new Set(body.steps.map((step) => step.id)));
  return { planId, traceHash, verdict, steps };
}

/** What is wrong with the graph, by step: an id twice, an unknown dependency, a circle. */
export function graphProblems(steps: readonly Pick<Step, 'id' | 'dependsOn'>[]): Map<string, string> {
  const problems = new Map<string, string>();
  const byId = new Map<string, Pick<Step, 'id' | 'dependsOn'>>();
  for (const step of steps) {
    if (byId.has(step.id)) problems.set(step.id, `Two steps have the id "${step.id}".`);
    byId.set(step.id, step);
  }
  for (const step of steps) for (const on of step.dependsOn ?? []) if (!byId.has(on)) problems.set(step.id, `It depends on "${on}", which is not a step of this plan.`);
  // Kahn's way: whatever is never free of what it waits for stands in a circle or behind one.
  const waits = new Map([...byId.values()].map((step) => [step.id, new Set((step.dependsOn ?? []).filter((on) => byId.has(on)))]));
  const free = [...waits].filter(([, on]) => on.size === 0).map(([id]) => id);
  const followers = new Map<string, string[]>();
  for (const [id, on] of waits) for (const one of on) followers.set(one, [...(followers.get(one) ?? []), id]);
  const done = new Set<string>();
  while (free.length > 0) {
    const id = free.pop()!;
    done.add(id);
    for (const follower of followers.get(id) ?? []) {
      const on = waits.get(follower)!;
      on.delete(id);
      if (on.size === 0) free.push(follower);
    }
  }
  for (const id of waits.keys()) if (!done.has(id)) problems.set(id, problems.get(id) ?? 'It stands in a circle of dependencies, or behind one.');
  return problems;
}
