'use server';

import { runAction } from '@/app/_session/action-result';
import { startDemo } from '@/lib/demo';

/** Runs the demo fleet: four simulated agents that act through the gate like real ones. */
export async function startDemoFleet(): Promise<{ ok: true } | { ok: false; because: string }> {
  const done = await runAction((ctx) => startDemo(ctx, {}));
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}
