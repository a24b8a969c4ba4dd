import type { Order } from '@/lib/protocol';

/** Whom a supervisor holds, as far as it knows: what control told it, or what it was told itself, which goes first. */
export type Held = { instanceId: string; agentId?: string | undefined; environment?: string | undefined };

/**
 * Whether a stop that control signed is about this process. What is not known here is taken as covered, since control sends an order
 * only where it belongs; which sessions run in the process is control's to know. A class of tools ends no process.
 */
export function coversProcess(order: Order, held: Held): boolean {
  if (order.kind !== 'engage') return false;
  if (order.environment !== undefined && held.environment !== undefined && order.environment !== held.environment) return false;
  switch (order.scope) {
    case 'global':
    case 'session': return true;
    case 'instance': return order.target === held.instanceId;
    case 'agent': return held.agentId === undefined || order.target === held.agentId;
    case 'class': return false;
  }
}

/** The environment that a supervised command gets: nothing that the supervisor proves itself with, and the id that it is stopped by. */
export function childEnvironment(own: Environment, instanceId: string): Environment {
  return { ...Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith('COUNTERSIGN_SUPERVISOR_'))), COUNTERSIGN_INSTANCE_ID: instanceId };
}

export type Environment = Record<string, string | undefined>;
