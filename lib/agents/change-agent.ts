import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { generateSecret } from '@/lib/signing';
import type { Tx } from '@/lib/db';

async function lockAgent(tx: Tx, id: string): Promise<{ id: string; name: string; state: string }> {
  const [agent] = await tx.$queryRaw<{ id: string; name: string; state: string }[]>`SELECT id, name, state FROM agent WHERE id = ${id}::uuid FOR UPDATE`;
  if (!agent) throw notFound('There is no such agent.');
  return agent;
}

const tell = (tx: Tx, id: string) => tx.$queryRaw`SELECT pg_notify('cs_agent', ${JSON.stringify({ id })})::text`;

/** Ends an agent's power at once: its connections close, its tokens are refused. What it did stays on record. */
export async function disableAgent(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'agent.manage');
  await write(ctx, async (tx) => {
    const agent = await lockAgent(tx, id);
    if (agent.state === 'disabled') return { view: undefined, unchanged: true };
    await tx.agent.update({ where: { id }, data: { state: 'disabled', disabledAt: ctx.now() } });
    await tell(tx, id);
    return { view: undefined, events: [organisationEvent('agent.disabled', { agentId: id, name: agent.name }, { agentId: id })] };
  });
}

export async function enableAgent(ctx: Context, id: string): Promise<void> {
  authorise(ctx, 'agent.manage');
  await write(ctx, async (tx) => {
    const agent = await lockAgent(tx, id);
    if (agent.state === 'active') return { view: undefined, unchanged: true };
    await tx.agent.update({ where: { id }, data: { state: 'active', disabledAt: null } });
    await tell(tx, id);
    return { view: undefined, events: [organisationEvent('agent.enabled', { agentId: id, name: agent.name }, { agentId: id })] };
  });
}

/** Makes a new secret; the old ones end now, or after `overlapMs` (0 to 7 days, milliseconds). */
export async function rotateAgentSecret(ctx: Context, id: string, overlapMs = 0): Promise<{ clientId: string; clientSecret: string }> {
  authorise(ctx, 'agent.manage');
  const secret = generateSecret('agent');
  return write(ctx, async (tx) => {
    const agent = await lockAgent(tx, id);
    if (agent.state !== 'active') throw conflict('This agent is disabled. Enable it before you give it a new secret.');
    const overlapUntil = overlapMs > 0 ? new Date(ctx.now().getTime() + Math.min(overlapMs, 7 * 86_400_000)) : null;
    await tx.agentSecret.updateMany({ where: { agentId: id, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.now() } }] }, data: { expiresAt: overlapUntil ?? ctx.now() } });
    await tx.agentSecret.create({ data: { id: newId(), agentId: id, hash: secret.hash } });
    return {
      view: { clientId: id, clientSecret: secret.secret },
      events: [organisationEvent('agent.secret_rotated', { agentId: id, overlapUntil: overlapUntil?.toISOString() ?? null }, { agentId: id })],
    };
  });
}
