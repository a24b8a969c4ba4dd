import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { DrillReportScreen } from '@/components/drills/report-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise } from '@/lib/access';
import { getDrill } from '@/lib/drills';

export const metadata: Metadata = { title: 'Drill' };

export default async function DrillPage({ params }: { params: Promise<{ id: string }> }) {
  const { ctx } = await requireSession();
  authorise(ctx, 'switch.read');
  const drill = await getDrill((await params).id);
  if (!drill) notFound();
  return (
    <>
      <LiveRefresh topics={['switches']} />
      <BackLine line="Report" />
      <DrillReportScreen drill={drill} />
    </>
  );
}
