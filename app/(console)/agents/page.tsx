import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { AgentList } from '@/components/agents/agent-list';
import { LiveRefresh } from '@/components/live/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { authorise, may } from '@/lib/access';
import { listAgents } from '@/lib/agents';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage() {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'agent.read');
  const agents = await listAgents();
  return (
    <>
      <LiveRefresh topics={['agents', 'sessions', 'approvals', 'switches']} />
      <AgentList agents={agents} acts={may(actor, 'agent.manage') && <ButtonLink href="/agents/new" {...(agents.length === 0 && { tone: 'strong' as const })}>Register an agent</ButtonLink>} />
    </>
  );
}
