import { createAgent, listAgents, rotateAgentSecret } from '@/lib/agents';
import type { Context } from '@/lib/context';
import { cast } from './cast';
import { parts, type FleetConfig } from './schema';

export type Prepared = { agents: FleetConfig['agents']; leftOut: string[] };

/**
 * The simulated agents with fresh secrets: made on the first run, and later the same ones with their secrets replaced, so that no
 * credential of the demo outlives its run by much. Agents that are not simulated are never touched; a disabled one is left out.
 */
export async function prepareAgents(ctx: Context): Promise<Prepared> {
  const known = await listAgents();
  const prepared: Prepared = { agents: [], leftOut: [] };
  for (const part of parts) {
    const names = [part, `${part} simulated`];
    const mine = known.find((agent) => agent.simulated && names.includes(agent.name));
    if (mine?.state.kind === 'disabled') { prepared.leftOut.push(mine.name); continue; }
    const name = known.some((agent) => agent.name === part) ? names[1]! : part;
    const { clientId, clientSecret } = mine ? await rotateAgentSecret(ctx, mine.id) : await createAgent(ctx, { name, ...cast[part], simulated: true });
    prepared.agents.push({ part, clientId, clientSecret });
  }
  return prepared;
}
