import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { FlowScreen } from '@/components/flow/flow-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise } from '@/lib/access';
import { approverFigures, expiries, flowBins, ruleFigures, standingFloods } from '@/lib/flow';
import { activePolicies } from '@/lib/policies';
import { usualFlood } from '@/lib/policies/schema';

export const metadata: Metadata = { title: 'Flow' };

const DAYS = 7;
const BIN_HOURS = 6;
const UNSEEN_SHOWN = 10;

export default async function FlowPage() {
  const { ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  authorise(ctx, 'person.read');
  const [bins, approvers, rules, expired, floods, policies] = await Promise.all([flowBins(DAYS, BIN_HOURS), approverFigures(DAYS), ruleFigures(DAYS), expiries(DAYS, UNSEEN_SHOWN), standingFloods(), activePolicies()]);
  return (
    <>
      <LiveRefresh topics={['switches']} />
      <BackLine line="Flow" />
      <FlowScreen view={{ days: DAYS, bins, approvers, rules, expired, floods, ...(policies?.flood ?? usualFlood) }} />
    </>
  );
}
