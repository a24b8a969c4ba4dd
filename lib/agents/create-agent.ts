import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isUniqueViolation } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import { parseInput } from '@/lib/parse-input';
import { createAgentSchema, type CreateAgent } from './schema';

/** Registers an agent; its secret is in this answer and nowhere else afterwards. */
export async function createAgent(ctx: Context, input: CreateAgent): Promise<{ clientId: string; clientSecret: string; name: string }> {
  authorise(ctx, 'agent.manage');
  const agent = parseInput(createAgentSchema, input);
  const id = newId();
  const secret = generateSecret('agent');
  try {
    return await write(ctx, async (tx) => {
      await tx.agent.create({
        data: {
          id, name: agent.name, description: agent.description, enforced: agent.enforced, simulated: agent.simulated,
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
