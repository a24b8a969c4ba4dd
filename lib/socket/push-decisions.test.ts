import { expect, it } from 'vitest';
import type { Gate } from '@/lib/gate';
import { standingOrders, type StandingOrder } from '@/lib/switches/rules';
import type { AgentConnection } from './agent-connection';
import { onSwitchChange } from './push-decisions';

const pause: StandingOrder = { id: 'an order', kind: 'pause', scope: 'global', target: null, environment: null, generation: 1, reason: null, drill: false, engagedAt: '2026-01-01T00:00:00.000Z', orderJws: 'pause' };

it('tells thousands some at a time, and each in the order in which it happened', async () => {
  const told = new Map<string, string[]>();
  const connections = new Map(Array.from({ length: 1_050 }, (_, i): [string, AgentConnection] => {
    const id = `instance-${i}`;
    told.set(id, []);
    const socket = { timeout: () => ({ emitWithAck: async (event: string) => void told.get(id)!.push(event) }) };
    return [id, { instance: { id }, agent: { id: 'a' }, socket } as unknown as AgentConnection];
  }));
  const gate = { environment: 'local', sessions: new Map(), logger: { info: () => {} } } as unknown as Gate;
  const change = { generation: 1, orders: standingOrders([pause]), engaged: [pause], signed: [pause], lifted: [] };
  onSwitchChange(gate, connections, change);
  onSwitchChange(gate, connections, { ...change, generation: 2, engaged: [], signed: [], lifted: [{ order: pause, releaseJws: 'resume' }] });
  // The loop turns in between: whoever asks something meanwhile is not kept waiting for all of them.
  await new Promise((resolve) => setImmediate(resolve));
  expect([...told.values()].some((events) => events.length === 0)).toBe(true);
  while ([...told.values()].some((events) => events.length < 2)) await new Promise((resolve) => setImmediate(resolve));
  for (const events of told.values()) expect(events).toEqual(['pause', 'resume']);
});
