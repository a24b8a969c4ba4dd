import type { KnownAgent } from '@/lib/agents';
import type { Gate } from '@/lib/gate';
import { tokenMadeAt, type AgentTokenClaims } from '@/lib/signing';

/**
 * Whether a stop of this agent, or of everything, came after this token was made. It counts from the moment that this gateway sees the
 * order, before it was worked off, and for good: releasing gives no token back.
 */
export function tokenRevoked(gate: Pick<Gate, 'switches' | 'environment'>, agent: Pick<KnownAgent, 'id' | 'tokensFrom'>, claims: AgentTokenClaims): boolean {
  const madeAt = tokenMadeAt(claims);
  if (agent.tokensFrom !== null && madeAt < agent.tokensFrom.getTime()) return true;
  return gate.switches.orders.list.some((order) => order.kind === 'stop' && (order.scope === 'global' || (order.scope === 'agent' && order.target === agent.id))
    && (order.environment === null || order.environment === gate.environment) && madeAt < Math.min(Date.parse(order.engagedAt), Date.now()));
}
