import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { RegisterAgentForm } from '@/components/agents/register-agent-form';
import { BackLine } from '@/components/shell/back-line';
import { may } from '@/lib/access';
import { activePolicies } from '@/lib/policies';
import { register } from '../agent-actions';

export const metadata: Metadata = { title: 'Register an agent' };

export default async function NewAgentPage() {
  const { actor } = await requireSession();
  if (!may(actor, 'agent.manage')) redirect('/agents');
  const operations = new Map<string, Set<string>>();
  for (const tool of (await activePolicies())?.tools ?? []) operations.set(tool.toolset, (operations.get(tool.toolset) ?? new Set()).add(tool.operation));
  return (
    <>
      <BackLine line="Agents" />
      <RegisterAgentForm register={register} toolsets={[...operations].map(([toolset, of]) => ({ toolset, operations: [...of] }))} />
    </>
  );
}
