import type { NamedOrder } from '@/components/switches/view';
import { listAgents, nameInstances } from '@/lib/agents';
import { nameSessions } from '@/lib/sessions';
import type { OrderView } from '@/lib/switches/schema';
import { orderName } from './scope-views';

const targets = (orders: readonly OrderView[], scope: OrderView['scope']) => orders.flatMap((order) => (order.scope === scope && order.target !== null ? [order.target] : []));

/** Orders with the names of what they stop. */
export async function nameOrders(orders: readonly OrderView[]): Promise<NamedOrder[]> {
  if (orders.length === 0) return [];
  const [sessions, agents, instances] = await Promise.all([nameSessions(targets(orders, 'session')), listAgents(), nameInstances(targets(orders, 'instance'))]);
  const names = { sessions, agents: new Map(agents.map((agent) => [agent.id, agent.name])), instances };
  return orders.map((order) => ({ order, name: orderName(order, names) }));
}
