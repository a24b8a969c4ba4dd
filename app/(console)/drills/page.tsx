import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { DrillsScreen } from '@/components/drills/drills-screen';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise, may } from '@/lib/access';
import { drillStanding, listDrills } from '@/lib/drills';
import { rogueKinds } from '@/lib/drills/schema';
import { startDrill } from './drill-actions';

export const metadata: Metadata = { title: 'Drills' };

export default async function DrillsPage() {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'switch.read');
  const [drills, standing] = await Promise.all([listDrills(), drillStanding()]);
  return (
    <>
      <LiveRefresh topics={['switches']} />
      <BackLine line="Drills" />
      <DrillsScreen drills={drills} standing={standing} rogues={rogueKinds.length} {...(may(actor, 'drill.run') && { run: startDrill })} />
    </>
  );
}
