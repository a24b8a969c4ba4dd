import type { AgentEventBody } from '@/lib/protocol/agent-events';

type Step = Pick<AgentEventBody<'plan.submit'>['steps'][number], 'id' | 'dependsOn' | 'maxRetries'>;
export type PlanLimits = { maxDepth: number; maxRetries: number };

/** What is wrong with a plan's shape, by step: an id twice, an unknown dependency, a circle, a chain that is too long, too many retries. */
export function planProblems(steps: readonly Step[], limits: PlanLimits): Map<string, string> {
  const problems = new Map<string, string>();
  const byId = new Map<string, Step>();
  for (const step of steps) {
    if (byId.has(step.id)) problems.set(step.id, `Two steps have the id "${step.id}".`);
    byId.set(step.id, step);
    if ((step.maxRetries ?? 0) > limits.maxRetries) problems.set(step.id, `It may be tried again ${step.maxRetries} times; at most ${limits.maxRetries} are allowed.`);
  }
  for (const step of steps) for (const on of step.dependsOn ?? []) if (!byId.has(on)) problems.set(step.id, `It depends on "${on}", which is not a step of this plan.`);
  const { depths, circular } = depthsOf(byId);
  for (const id of circular) problems.set(id, problems.get(id) ?? 'It stands in a circle of dependencies, or behind one.');
  for (const [id, depth] of depths) if (depth > limits.maxDepth && !problems.has(id)) problems.set(id, `It is step ${depth} of a chain; at most ${limits.maxDepth} are allowed.`);
  return problems;
}

/** Kahn's way: whatever is never free of what it waits for stands in a circle or behind one. A step's depth is the longest chain that ends in it. */
function depthsOf(byId: ReadonlyMap<string, Step>): { depths: Map<string, number>; circular: string[] } {
  const waits = new Map([...byId.values()].map((step) => [step.id, new Set((step.dependsOn ?? []).filter((on) => byId.has(on)))]));
  const free = [...waits].filter(([, on]) => on.size === 0).map(([id]) => id);
  const followers = new Map<string, string[]>();
  for (const [id, on] of waits) for (const one of on) followers.set(one, [...(followers.get(one) ?? []), id]);
  const depths = new Map(free.map((id) => [id, 1]));
  const done = new Set<string>();
  while (free.length > 0) {
    const id = free.pop()!;
    done.add(id);
    for (const follower of followers.get(id) ?? []) {
      const on = waits.get(follower)!;
      on.delete(id);
      depths.set(follower, Math.max(depths.get(follower) ?? 1, depths.get(id)! + 1));
      if (on.size === 0) free.push(follower);
    }
  }
  const circular = [...waits.keys()].filter((id) => !done.has(id));
  for (const id of circular) depths.delete(id);
  return { depths, circular };
}
