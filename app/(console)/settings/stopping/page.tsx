import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { DeadManPanel } from '@/components/dead-man/dead-man-panel';
import { DetectorMeasure } from '@/components/detectors/detector-measure';
import { LiveRefresh } from '@/components/live/live-refresh';
import { authorise, may, readSetting } from '@/lib/access';
import { deadManOf } from '@/lib/dead-man';
import { env } from '@/lib/env';
import { arm, beat, disarm, setMeasure } from '../../dead-man-actions';

export const metadata: Metadata = { title: 'Stopping' };

export default async function StoppingSettingsPage() {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'setting.read');
  const { environment } = env();
  const [stopsAMinute, deadMan] = await Promise.all([readSetting('detector_stops_a_minute'), deadManOf('environment', environment)]);
  return (
    <>
      <LiveRefresh topics={['switches']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <header><h1>What stops by itself</h1><p className="lede">Machines stop, and never release. An agent’s own dead-man switch is on its page.</p></header>
          <DetectorMeasure key={stopsAMinute} stopsAMinute={stopsAMinute} {...(may(actor, 'setting.manage') && { save: setMeasure })} />
          <DeadManPanel deadMan={deadMan} target={`everything in ${environment}`} tend={{ ...(may(actor, 'dead_man.manage') && { arm, disarm }), ...(may(actor, 'dead_man.heartbeat') && { beat }) }} />
        </div>
      </div>
    </>
  );
}
