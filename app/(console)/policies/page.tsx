import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { PoliciesScreen, type PolicyPart } from '@/components/policies/policies-screen';
import { authorise } from '@/lib/access';
import { activePolicies, bundleHistory } from '@/lib/policies';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage({ searchParams }: { searchParams: Promise<{ part?: string | string[]; rule?: string | string[] }> }) {
  const { ctx } = await requireSession();
  authorise(ctx, 'policy.read');
  const { part, rule } = await searchParams;
  const shown: PolicyPart = part === 'tools' || part === 'routes' || part === 'alerts' ? part : 'rules';
  const [active, history] = await Promise.all([activePolicies(), bundleHistory(20)]);
  return (
    <>
      <LiveRefresh topics={['policies', 'approvals', 'switches']} />
      <PoliciesScreen active={active && { ...active, tools: active.tools.map(policyTool) }} history={history} part={shown} openRule={typeof rule === 'string' ? rule : undefined} />
    </>
  );
}

type Tool = NonNullable<Awaited<ReturnType<typeof activePolicies>>>['tools'][number];
const policyTool = ({ name, toolset, operation, classes, redeem, description }: Tool) => ({ name, toolset, operation, classes, redeem, ...(description === undefined ? {} : { description }) });
