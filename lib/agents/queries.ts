import { prisma } from '@/lib/db';
import type { AgentView } from './schema';

/** All agents with what is known of them now, by name. */
export async function listAgents(): Promise<AgentView[]> {
  const rows = await prisma().agent.findMany({
    orderBy: { name: 'asc' },
    include: {
      capabilities: true,
      _count: { select: { instances: true, sessions: { where: { state: { in: ['open', 'lost', 'paused'] } } } } },
      instances: { orderBy: { lastSeenAt: 'desc' }, take: 1, select: { lastSeenAt: true } },
    },
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    state: row.state === 'active' ? { kind: 'active' } : { kind: 'disabled', since: (row.disabledAt ?? row.createdAt).toISOString() },
    enforced: row.enforced,
    simulated: row.simulated,
    createdAt: row.createdAt.toISOString(),
    capabilities: row.capabilities.map(({ toolset, operations, scope }) => ({ toolset, operations, scope })),
    openSessions: row._count.sessions,
    instances: row._count.instances,
    lastSeenAt: row.instances[0]?.lastSeenAt.toISOString() ?? null,
  }));
}

export async function getAgent(id: string): Promise<AgentView | undefined> {
  return (await listAgents()).find((agent) => agent.id === id);
}
