import type { StandingOrder } from '@/lib/switches';

/** A session as control remembers it, for as long as it may have to be stopped with the database away. */
export type RememberedSession = { id: string; live: boolean };

/**
 * Whether an order ends the process that a supervisor holds. A class of tools ends none: the session goes on with its other tools. A
 * session's own stop ends it only where no other session runs in the same process, whose work this order does not concern.
 */
export function endsProcess(
  order: Pick<StandingOrder, 'kind' | 'scope' | 'target' | 'environment'>,
  held: { agentId: string; instanceId: string; environment: string; sessions: readonly RememberedSession[] },
): 'yes' | 'no' | 'spared' {
  if (order.kind !== 'stop') return 'no';
  if (order.environment !== null && order.environment !== held.environment) return 'no';
  switch (order.scope) {
    case 'global': return 'yes';
    case 'agent': return order.target === held.agentId ? 'yes' : 'no';
    case 'instance': return order.target === held.instanceId ? 'yes' : 'no';
    case 'class': return 'no';
    case 'session': {
      if (!held.sessions.some((session) => session.id === order.target)) return 'no';
      return held.sessions.some((session) => session.live && session.id !== order.target) ? 'spared' : 'yes';
    }
  }
}
