import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isUniqueViolation } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import { parseInput } from '@/lib/parse-input';
import { DRILL_AGENT } from './rules';
import { createAgentSchema, type CreateAgent } from './schema';

/** Registers an agent; its secret is in this answer and nowhere else afterwards. */
export async function createAgent(ctx: Context, input: CreateAgent, { drill = false }: { /** Made by a drill, to be stopped in it. */ drill?: boolean } = {}): Promise<{ clientId: string; clientSecret: string; name: string }> {
  authorise(ctx, 'agent.manage');
  const agent = parseInput(createAgentSchema, input);
  if (!drill && agent.name.startsWith(DRILL_AGENT)) throw invalid(`Names that begin with "${DRILL_AGENT}" are kept for drills. Choose another one.`, [{ path: '/name', message: 'is kept for drills' }]);
  const id = newId();
  const secret = generateSecret('agent');
  try {
    return await write(ctx, async (tx) => {
      await tx.agent.create({
        data: {
          id, name: agent.name, description: agent.description, enforced: agent.enforced, simulated: agent.simulated, drill,
          ownerId: ctx.actor.kind === 'person' ? ctx.actor.id : null,
          secrets: { create: { id: newId(), hash: secret.hash } },
          capabilities: { create: agent.capabilities.map((grant) => ({ id: newId(), ...grant })) },
        },
      });
      return {
        view: { clientId: id, clientSecret: secret.secret, name: agent.name },
        events: [organisationEvent('agent.created', { agentId: id, name: agent.name, enforced: agent.enforced, simulated: agent.simulated, capabilities: agent.capabilities }, { agentId: id })],
      };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`An agent named "${agent.name}" exists already. Choose another name, or rotate its secret.`);
    throw error;
  }
}
