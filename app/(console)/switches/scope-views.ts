import type { ScopeChoice, ScopeView } from '@/components/switches/view';
import { shortId } from '@/lib/protocol/ids';
import type { RunningSession } from '@/lib/switches';
import type { OrderView, SwitchReach, SwitchScope } from '@/lib/switches/schema';

type Chosen = Partial<Record<SwitchScope, string>>;
type Input = { running: readonly RunningSession[]; agents: readonly { id: string; name: string }[]; classes: readonly { name: string; reach: SwitchReach }[]; standing: readonly OrderView[]; chosen: Chosen };

/** More choices than these are found by the palette, not in a list. */
const MOST_CHOICES = 200;

const reachOf = (sessions: readonly RunningSession[]): SwitchReach => ({
  sessions: sessions.length, instances: new Set(sessions.map((one) => one.instanceId)).size,
  inTheMiddleOfAWrite: sessions.filter((one) => one.writing).length, approvals: sessions.reduce((sum, one) => sum + one.approvals, 0),
});

function groups(running: readonly RunningSession[], key: (session: RunningSession) => string): Map<string, RunningSession[]> {
  const found = new Map<string, RunningSession[]>();
  for (const session of running) found.set(key(session), [...(found.get(key(session)) ?? []), session]);
  return found;
}

const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 44)} … ${text.slice(-12)}` : text);

/** What can be stopped, from near to far, with what each would hit. A session that was asked for brings its instance and agent along. */
export function scopeViews({ running, agents, classes, standing, chosen }: Input): ScopeView[] {
  const order = (scope: SwitchScope, target: string | null) => standing.find((one) => one.kind === 'stop' && one.scope === scope && one.target === target)?.id;
  const choice = (scope: SwitchScope, target: string | null, name: string, reach: SwitchReach): ScopeChoice => {
    const standingOrderId = order(scope, target);
    return { target, name, reach, ...(standingOrderId ? { standingOrderId } : {}) };
  };
  const session = running.find((one) => one.id === chosen.session);
  const byInstance = groups(running, (one) => one.instanceId);
  const byAgent = groups(running, (one) => one.agentId);
  const view = (scope: SwitchScope, choices: ScopeChoice[], wanted: string | undefined): ScopeView => {
    const first = choices.find((one) => one.target === wanted);
    const most = choices.slice(0, MOST_CHOICES);
    return { scope, choices: first && !most.includes(first) ? [first, ...most] : most, ...(first && wanted !== undefined ? { chosen: wanted } : {}) };
  };
  return [
    view('session', running.map((one) => choice('session', one.id, `${shortId(one.id)}, ${one.agentName}: ${cut(one.purpose)}`, reachOf([one]))), chosen.session),
    view('instance', [...byInstance].map(([id, sessions]) => choice('instance', id, `${sessions[0]!.instanceName} of ${sessions[0]!.agentName}`, reachOf(sessions))), chosen.instance ?? session?.instanceId),
    view('agent', agents.map((agent) => choice('agent', agent.id, agent.name, reachOf(byAgent.get(agent.id) ?? []))).sort((a, b) => b.reach.sessions - a.reach.sessions), chosen.agent ?? session?.agentId),
    view('class', classes.map((one) => choice('class', one.name, one.name, one.reach)).sort((a, b) => b.reach.sessions - a.reach.sessions), chosen.class),
    view('global', [choice('global', null, 'everything', reachOf(running))], undefined),
  ];
}

/** What people call an order's target. */
export function orderName(order: Pick<OrderView, 'scope' | 'target'>, names: { sessions: Readonly<Record<string, { shortId: string; agent: string }>>; agents: ReadonlyMap<string, string>; instances: ReadonlyMap<string, string> }): string {
  const target = order.target ?? '';
  switch (order.scope) {
    case 'session': return names.sessions[target] ? `Session ${names.sessions[target].shortId} of ${names.sessions[target].agent}` : `Session ${shortId(target)}`;
    case 'instance': return names.instances.get(target) ?? target;
    case 'agent': return names.agents.get(target) ?? target;
    case 'class': return target;
    case 'global': return 'Everything';
  }
}
