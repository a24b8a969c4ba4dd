import { createAgent, disableAgent, enableAgent, rotateAgentSecret } from '@/lib/agents';
import { DRILL_AGENT } from '@/lib/agents/rules';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { createSupervisorKey, revokeSupervisorKey } from '@/lib/supervisors';

export type DrillAgent = { agentId: string; clientSecret: string; keyId: string; supervisorKey: string };

/**
 * The agent that drills stop, made at the first one: it may ask for one tool that no bundle knows, and it can do nothing at all between
 * two drills. Its secret and its supervisors' key are new each time.
 */
export async function prepareDrillAgent(ctx: Context, drillId: string): Promise<DrillAgent> {
  const agent = await find();
  if (agent) await enableAgent(ctx, agent.id);
  const { clientId, clientSecret } = agent ? await rotateAgentSecret(ctx, agent.id) : await make(ctx);
  const { id: keyId, key } = await createSupervisorKey(ctx, { agent: clientId, name: `drill ${drillId}` });
  return { agentId: clientId, clientSecret, keyId, supervisorKey: key };
}

/** Ends what the agent could do, and every key that a drill has made for its supervisors. */
export async function retireDrillAgent(ctx: Context): Promise<void> {
  const agent = await find();
  if (!agent) return;
  for (const { id } of await sql.rows<{ id: string }>('SELECT id FROM supervisor_key WHERE agent_id = $1 AND revoked_at IS NULL', [agent.id])) await revokeSupervisorKey(ctx, { key: id });
  await disableAgent(ctx, agent.id);
}

const find = async () => (await sql.rows<{ id: string }>('SELECT id FROM agent WHERE drill ORDER BY created_at LIMIT 1'))[0];

async function make(ctx: Context) {
  // Somebody may have had an agent of that name before the name was kept for drills.
  const taken = new Set((await sql.rows<{ name: string }>('SELECT name FROM agent WHERE name LIKE $1', [`${DRILL_AGENT}%`])).map(({ name }) => name));
  const name = [DRILL_AGENT, ...Array.from({ length: taken.size }, (_, at) => `${DRILL_AGENT}-${at + 2}`)].find((one) => !taken.has(one))!;
  return createAgent(ctx, { name, description: 'Stopped in drills, to see that stopping works. It has no tool that does anything.', capabilities: [{ toolset: 'countersign_drill', operations: ['knock'], scope: '**' }], simulated: true }, { drill: true });
}
