import { requireSession } from '@/app/_session/current-actor';
import { RunDemo } from '@/components/demo/run-demo';
import { may } from '@/lib/access';
import { demoState } from '@/lib/demo';
import { startDemoFleet, stopDemoFleet } from './demo-actions';

/** The demo fleet's button, or the line about its run; for a page's empty state or its foot. */
export async function DemoFleet({ place, offer }: { place: 'empty' | 'line'; /** Whether to offer it where it does not run. */ offer: boolean }) {
  const [{ actor }, state] = await Promise.all([requireSession(), demoState()]);
  if (!state.wanted && !offer) return null;
  return <RunDemo state={state} may={may(actor, 'demo.run')} place={place} start={startDemoFleet} stop={stopDemoFleet} />;
}
